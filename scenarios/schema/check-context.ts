/** What the checks between parts of a scenario look at. */
import { readQuantity } from '../../result/quantity.ts';
import { valueAt } from './issue-findings.ts';
import { loadDurationMs } from './load-schema.ts';
import { type Finding, formatPath, type Path } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { PartialFile } from './scenario-schema.ts';

type Section = 'targets' | 'conditions';
export type FileTarget = NonNullable<PartialFile['targets']>[string];
export type FileWindow = NonNullable<PartialFile['conditions']>[string][number];

export interface CheckContext {
  /** What is right of the file; what is not has its own findings. */
  readonly file: PartialFile;
  /** Relative paths start here. */
  readonly directory: string;
  readonly originalIndex: Salvaged['originalIndex'];
  /** Names as written, those of faulty entries too: a reference to one of them is not wrong itself. */
  namesOf(section: Section): string[];
  readonly operationNames: readonly string[];
  readonly payloadNames: readonly string[];
  /** Whether the file has something at this path, be it right or faulty. */
  has(path: Path): boolean;
  /** Length of the load, as far as it can be read. */
  readonly durationMs: number | null;
  report(finding: Finding): void;
}

export function createCheckContext(
  salvaged: Salvaged,
  raw: unknown,
  directory: string,
  unreadable: readonly Path[],
): CheckContext & { findings: Finding[] } {
  const findings: Finding[] = [];
  const keysAt = (path: Path) => {
    const value = valueAt(raw, path);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  };
  return {
    file: salvaged.file,
    directory,
    originalIndex: salvaged.originalIndex,
    namesOf(section) {
      const written = keysAt([section]);
      return written.length === 0 && section === 'conditions' ? Object.keys(salvaged.file.conditions ?? {}) : written;
    },
    operationNames: keysAt(['workload', 'operations']),
    payloadNames: keysAt(['workload', 'payloads']),
    has: (path) => {
      const wanted = formatPath(path);
      return valueAt(raw, path) !== undefined || unreadable.some((one) => formatPath(one) === wanted);
    },
    durationMs: durationOf(salvaged.file, raw, directory),
    report: (finding) => void findings.push(finding),
    findings,
  };
}

/** Also of a load that is faulty elsewhere. */
function durationOf(file: PartialFile, raw: unknown, directory: string): number | null {
  if (file.load !== undefined) {
    try {
      return loadDurationMs(file.load, directory);
    } catch {
      return null; // of recorded arrivals that cannot be read: has its own finding
    }
  }
  const written = valueAt(raw, ['load', 'duration']);
  const reading = typeof written === 'string' ? readQuantity('duration', written) : null;
  return reading?.ok ? reading.value : null;
}

/** `did you mean x?`, or the list of what there is. */
export function suggestionFor(meant: string | null, known: readonly string[]): string | undefined {
  if (meant !== null) return `did you mean ${meant}?`;
  return known.length === 0 ? undefined : `there is ${known.join(', ')}`;
}
