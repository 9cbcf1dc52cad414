import { execFile } from 'node:child_process';

let reachable: Promise<boolean> | undefined;

/** Whether npm reaches a package registry from here; tests that install a package need one. */
export function isNpmReachable(): Promise<boolean> {
  reachable ??= new Promise((resolve) => {
    execFile('npm', ['view', '@modelcontextprotocol/server-everything', 'version'], { timeout: 30_000 }, (error) =>
      resolve(error === null),
    );
  });
  return reachable;
}
