import { parentPort } from 'node:worker_threads';
import { quotableHtml } from '../html/quotable.ts';
import { parseMessage, partOf } from '../mime/message.ts';
import type { Answer, Job, Request } from './job.ts';
import { renderBody } from './render.ts';

const run = (job: Job): unknown => {
  switch (job.kind) {
    case 'render':
      return renderBody(job.source, job.options);
    case 'quote':
      return quotableHtml(job.html, job.cids);
    case 'parse':
      return parseMessage(job.bytes);
    case 'take':
      return partOf(job.bytes, job.part)?.bytes ?? null;
  }
};

const answerTo = ({ id, job }: Request): Answer => {
  try {
    return { id, ok: true, result: run(job) };
  } catch {
    return { id, ok: false };
  }
};

/** The thread of renderer.ts: each message is a job, each answer its result. */
parentPort?.on('message', (request: Request) => parentPort?.postMessage(answerTo(request)));
