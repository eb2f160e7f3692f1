import { CheckpointError } from '../errors';
import { isPassing, type StatusProblem, statusProblem } from './http_problem';

/** What was asked of the hub. */
export interface HubPlace {
  readonly hubUrl: string;
  /** `owner/name`. */
  readonly name: string;
  readonly revision: string;
  readonly hasToken: boolean;
}

/** The sentences for what the hub answers; it gives the reason of a refusal in a header. */
export function hubProblem({ hubUrl, name, revision, hasToken }: HubPlace): StatusProblem {
  const { host } = new URL(hubUrl);
  return (what, response) => {
    const { status } = response;
    if (isPassing(status)) return statusProblem(what, response);
    const code = response.headers.get('x-error-code');
    return new CheckpointError(`${what} could not be read: ${reason(status, code)}.`, {
      path: what,
      received: status,
    });
  };

  function reason(status: number, code: string | null): string {
    const refused = status === 401 || status === 403;
    if (refused && code === 'GatedRepo') {
      const licence = `accept its conditions on ${hubUrl}/${name}`;
      return hasToken
        ? `the model is gated and the access token has no access to it; ${licence}`
        : `the model is gated; ${licence} and pass an access token (option token, or HF_TOKEN)`;
    }
    if (status === 401 && hasToken && code !== 'RepoNotFound') {
      return `${host} does not accept the access token; make a new one, or pass none for a public model`;
    }
    if (status === 403) return `the access token may not read it; use one that may`;
    if (code === 'RevisionNotFound') return `there is no revision ${revision} of it on ${host}; check its name`;
    if (code === 'EntryNotFound') return `it does not exist at revision ${revision}; check the name`;
    if (status === 401 || status === 404) {
      return `it does not exist on ${host} or is private; check the name, or pass an access token that may read it`;
    }
    return `${host} answers ${status}; check the name`;
  }
}
