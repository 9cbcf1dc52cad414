import { stringify } from 'yaml';
import { HubError } from '../base/errors.ts';
import type { LoadedConfig } from '../config/build.ts';
import { loadConfig } from '../config/load.ts';
import { maskConfig } from '../config/mask.ts';
import { type CliContext, type CommandInput, type Run, textOption } from './command.ts';
import { EXIT } from './failure.ts';

function load({ io }: CliContext, input: CommandInput): Promise<LoadedConfig> {
  const file = textOption(input, 'config');
  return loadConfig({ cwd: io.cwd, env: io.env, ...(file === undefined ? {} : { file }) });
}

/** `mcp-hub config check`: everything that is wrong, a line each. */
export const checkConfig: Run = async (context, input) => {
  const { output } = context;
  try {
    const { config, warnings } = await load(context, input);
    if (output.isJson) output.json({ ok: true, file: config.file ?? null, problems: [], warnings });
    else {
      for (const warning of warnings) output.warn(warning);
      output.line(`${config.file ?? 'No configuration file; the defaults'}: ${output.paint.green('ok')}`);
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof HubError) || !error.code.startsWith('config.')) throw error;
    const listed = error.data?.problems;
    const problems = Array.isArray(listed) ? listed.map(String) : [error.message];
    if (output.isJson) output.json({ ok: false, problems });
    else for (const problem of problems) output.error(problem);
    return EXIT.failed;
  }
};

/** `mcp-hub config print`: what the hub makes of file and environment, secrets masked. */
export const printConfig: Run = async (context, input) => {
  const { output } = context;
  const { config, warnings } = await load(context, input);
  for (const warning of warnings) output.warn(warning);
  const shown = maskConfig(config);
  if (output.isJson) output.json(shown);
  else output.raw(stringify(shown));
  return EXIT.ok;
};
