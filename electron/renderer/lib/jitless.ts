import { config } from 'zod';

/** Schemas are made without `new Function`: the window's policy (Trusted Types) forbids it. */
config({ jitless: true });
