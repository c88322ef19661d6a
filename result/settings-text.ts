import type { SettingValue } from './result-types.ts';

/** `linger=5ms, compression=zstd`; empty for none. */
export function settingsText(settings: Readonly<Record<string, SettingValue>>): string {
  return Object.entries(settings)
    .map(([path, value]) => `${path}=${value}`)
    .join(', ');
}
