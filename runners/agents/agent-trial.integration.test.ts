import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenMessage } from './agent-messages.ts';
import { AgentTrial } from './agent-trial.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-agent-trial-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** No worker is of this agent, and nothing of the rest of a plan is looked at. */
const plan = { share: { first: 0, count: 0 }, allowHosts: [], hasCanaries: true } as unknown as OpenMessage['plan'];
const message: OpenMessage = { trial: 1, plan, variables: [], files: {} };
const said: [string, object][] = [];
const context = { allowHosts: [], cores: 2, say: (what: string, more: object) => void said.push([what, more]) };

describe('a trial of an agent', () => {
  it('leaves nothing running when it is closed while it opens: the agent would never end', async () => {
    const trial = new AgentTrial(1, { ...context, folder });
    const opening = trial.open(message);
    await trial.close();
    await opening;
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
    expect(existsSync(join(folder, 'trial-1'))).toBe(false);
    expect(said).toEqual([]);
  });

  it('says in words that its files cannot be kept', async () => {
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    await new AgentTrial(2, { ...context, folder: blocked }).open(message);
    expect(said).toEqual([
      ['openFailed', { trial: 2, error: expect.objectContaining({ code: 'noTemporaryFolder', exitCode: 3 }) }],
    ]);
  });
});
