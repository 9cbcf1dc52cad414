import { readdirSync, readFileSync } from 'node:fs';

/** Groups that are alive: whatever ends the hub in an orderly way ends them too. */
const groups = new Set<number>();

function killAll(): void {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
}

/** Remembers a process group until {@link releaseGroup}, so that it ends when the hub's process does. */
export function holdGroup(leader: number): void {
  if (groups.size === 0) process.once('exit', killAll);
  groups.add(leader);
}

/** Forgets a process group that is gone. */
export function releaseGroup(leader: number): void {
  groups.delete(leader);
  if (groups.size === 0) process.removeListener('exit', killAll);
}

/** Signals a whole group, or on Windows the process alone. False when nobody is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process of the group still runs. The dead that nobody has collected (zombies) do not count. */
export function isGroupAlive(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLivingMember(name, leader));
  } catch {
    return true;
  }
}

/** Fields of /proc/PID/stat behind the command name: state, parent, group (proc(5)). */
function isLivingMember(pid: string, leader: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
    return Number(group) === leader && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
