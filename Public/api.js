/** Requests to the server that served this page. */

const tokenKey = 'token';
let token = sessionStorage.getItem(tokenKey) ?? '';

/** What the server answered in place of what was asked for; status 0 where it did not answer. */
export class APIError extends Error {
    constructor(status, body) {
        super(body.error ?? `the server answered ${status}`);
        this.status = status;
        this.code = body.code ?? '';
        /** The faults of a request, each with a JSON pointer and a message. */
        this.details = body.details ?? [];
    }

    /** Whether the same request may be answered later: what is refused will be refused again. */
    get isPassing() {
        return this.status < 400 || this.status >= 500 || this.status === 429;
    }
}

export const hasToken = () => token !== '';

/** Sends this token from now on; kept until the tab is closed. */
export function useToken(value) {
    token = value.trim();
    if (token) sessionStorage.setItem(tokenKey, token);
    else sessionStorage.removeItem(tokenKey);
}

/** Asks the server, with the token where there is one, and throws `APIError` for every refusal. */
export async function ask(path, options = {}) {
    const headers = new Headers(options.headers);
    if (token) headers.set('Authorization', `Bearer ${token}`);
    let response;
    try {
        response = await fetch(path, { ...options, headers });
    } catch (error) {
        if (error.name === 'AbortError') throw error;
        throw new APIError(0, { error: 'the server cannot be reached' });
    }
    if (response.ok) return response;
    if (response.status === 401) document.dispatchEvent(new Event('tokenwanted'));
    throw new APIError(response.status, await response.json().catch(() => ({})));
}

const get = async (path, options) => (await ask(path, options)).json();

async function post(path, body, headers = {}) {
    const options = { method: 'POST', headers };
    if (body !== undefined) {
        options.headers = { ...headers, 'Content-Type': 'application/json' };
        options.body = JSON.stringify(body);
    }
    return (await ask(path, options)).json();
}

export const environments = async () => (await get('/v1/environments')).environments;
export const openAPI = () => get('/openapi.json');
export const presets = async () => (await get('/v1/presets')).presets;

/** A page of jobs, newest first: `{jobs, next}`; a server that hangs is away. */
export const jobs = (query) => get(
    `/v1/jobs?${new URLSearchParams(query)}`, { signal: AbortSignal.timeout(8000) });
export const job = (id) => get(`/v1/jobs/${id}`);

/** Starts a job; the same key never starts a second one. */
export const startJob = (body, key) => post('/v1/jobs', body, { 'Idempotency-Key': key });

/** `pause`, `resume` or `stop`: the job after it. */
export const change = (id, verb) => post(`/v1/jobs/${id}/${verb}`);
export const deleteJob = (id) => ask(`/v1/jobs/${id}`, { method: 'DELETE' });

export const players = async (id) => (await get(`/v1/jobs/${id}/players`)).players;
export const checkpoints = async (id) => (await get(`/v1/jobs/${id}/checkpoints`)).checkpoints;
export const takeCheckpoint = (id) => post(`/v1/jobs/${id}/checkpoints`);
export const checkpointFile = (id) => `/v1/checkpoints/${id}/model.safetensors`;

/** Curves: `{series: [{name, x, y, min?, max?}]}`. */
export const metrics = (id, query) => get(`/v1/jobs/${id}/metrics?${new URLSearchParams(query)}`);
export const metricsFile = (id) => `/v1/jobs/${id}/metrics?format=csv`;

/** The table of a running job: `{q_values, action_names}`. */
export const qTable = (id) => get(`/v1/jobs/${id}/q-table`);
/** What a job's newest checkpoint makes of these states: `{q_values, action_names}`. */
export const qValues = (id, states) => post(`/v1/models/${id}/q-values`, { states });

/**
 * Follows a link to a file with the token, which browsers do not send by themselves; without a
 * token the browser does it better.
 */
export async function download(event) {
    if (!hasToken()) return;
    event.preventDefault();
    const link = event.currentTarget;
    const url = URL.createObjectURL(await (await ask(link.href)).blob());
    const carrier = document.createElement('a');
    carrier.href = url;
    carrier.download = link.download;
    carrier.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
