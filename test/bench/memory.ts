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
 * What processes of one program have together where nothing else runs that shares its files, in MB: what is each one's own, and
 * the files of the one that has most of them in memory, once. What the kernel calls proportional (PSS) comes to as much or less:
 * it gives every other process of that program its part of the files (Linux).
 */
export const memoryAlone = (pids: readonly number[]): { alone: number; own: number[]; pss: number } => {
  const all = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  const own = all.map((text) => megabytes(text, 'Anonymous'));
  const files = all.map((text, index) => megabytes(text, 'Rss') - (own[index] ?? 0));
  return { alone: sum(own) + Math.max(...files), own, pss: sum(all.map((text) => megabytes(text, 'Pss'))) };
};

const sum = (some: readonly number[]): number => some.reduce((all, each) => all + each, 0);
