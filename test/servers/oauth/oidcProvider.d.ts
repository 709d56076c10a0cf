/** What of oidc-provider is used here; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  /** A request as koa has it. */
  export type Context = {
    req: IncomingMessage;
    res: ServerResponse;
    path: string;
    status: number;
    body: unknown;
    respond: boolean;
    set(name: string, value: string): void;
    oidc?: { params?: Record<string, string> };
  };

  type Token = {
    accountId: string;
    scope?: string;
    destroy(): Promise<void>;
    isExpired: boolean;
    grantId: string;
  };

  class Grant {
    constructor(of: { accountId: string; clientId: unknown });
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    on(event: string, listener: (told: { jti: string }) => void): void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      prompt: { name: string };
      session?: { accountId: string };
      params: { client_id: string; scope?: string };
    }>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    readonly AccessToken: { find(token: string): Promise<Token | undefined> };
    readonly Grant: typeof Grant;
  }
}
