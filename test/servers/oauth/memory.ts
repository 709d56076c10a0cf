type Payload = Record<string, unknown>;

/** What an authorisation server remembers, by kind and id. */
export type Memory = Map<string, Payload>;

/** The storage of oidc-provider, in one map for each server: a kind of thing at a time. */
export const memoryIn = (memory: Memory) =>
  class {
    readonly kind: string;

    constructor(kind: string) {
      this.kind = kind;
    }

    private key(id: string): string {
      return `${this.kind} ${id}`;
    }

    async upsert(id: string, payload: Payload): Promise<void> {
      memory.set(this.key(id), payload);
    }

    async find(id: string): Promise<Payload | undefined> {
      return memory.get(this.key(id));
    }

    async findByUid(uid: string): Promise<Payload | undefined> {
      return [...memory].find(([key, payload]) => key.startsWith(this.kind) && payload['uid'] === uid)?.[1];
    }

    async findByUserCode(): Promise<undefined> {
      return undefined;
    }

    async consume(id: string): Promise<void> {
      const payload = memory.get(this.key(id));
      if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
    }

    async destroy(id: string): Promise<void> {
      memory.delete(this.key(id));
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, payload] of memory) if (payload['grantId'] === grantId) memory.delete(key);
    }
  };
