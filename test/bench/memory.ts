import { readdirSync, readFileSync } from 'node:fs';
import type { Host } from '../support/host.ts';

const status = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
};

const workerStatus = (host: Host): string => {
  const parentOf = (pid: string): string => /^PPid:\s+(\d+)/m.exec(status(pid))?.[1] ?? '';
  const worker = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && parentOf(pid) === String(host.process.pid));
  return status(worker ?? '');
};

const megabytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024;

/** The most memory that the host's worker ever had, in MB (Linux). */
export const workerPeak = (host: Host): number => megabytes(workerStatus(host), 'VmHWM');

/** What the host's worker has right now, in MB (Linux). */
export const workerMemory = (host: Host): number => megabytes(workerStatus(host), 'VmRSS');

/**
 * What a process has, in MB, with its part of what it shares with others, so that the sum of several counts nothing twice; of
 * `Pss_Anon` what is no file's, and hardly shared with anyone (Linux).
 */
export const proportionalMemory = (pid: number, of: 'Pss' | 'Pss_Anon' = 'Pss'): number =>
  megabytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), of);
