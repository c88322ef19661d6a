/** Workflow commands of GitHub Actions: lines on stdout that it shows beside the job and the pull request. */

export type AnnotationLevel = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly title: string;
  readonly message: string;
}

/** So many of a level are shown of a step; the last one then counts the others. */
const mostOfALevel = 10;

export function annotationLines(all: readonly Annotation[]): string {
  const levels: readonly AnnotationLevel[] = ['error', 'warning', 'notice'];
  return levels
    .flatMap((level) => cutToShown(all.filter((one) => one.level === level)))
    .map(({ level, title, message }) => `::${level} title=${property(title)}::${data(message)}\n`)
    .join('');
}

function cutToShown(all: readonly Annotation[]): readonly Annotation[] {
  const [first] = all;
  if (first === undefined || all.length <= mostOfALevel) return all;
  const left = all.slice(mostOfALevel - 1);
  const names = left.map(({ title }) => title).join('; ');
  return [
    ...all.slice(0, mostOfALevel - 1),
    { level: first.level, title: `and ${left.length} more`, message: names.slice(0, 2_000) },
  ];
}

/** What would end a command, or begin another one, is written as its code. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
