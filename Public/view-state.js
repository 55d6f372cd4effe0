/** What is being looked at, and how: kept in the address, so that a link shows another the same. */

const defaults = {
    /** The job that is watched. */
    job: '',
    /** The preset that is being adjusted, or `job:ID` for a job to start again from. */
    new: '',
    /** What curves are laid out along. */
    x: 'agent_steps',
    smoothing: 0.8,
    /** The part of the axis in view; empty for all of it. */
    from: '',
    to: '',
    /** Charts with a logarithmic scale, comma-separated. */
    log: '',
    outliers: 'shown',
};

/** What belongs to one place and is not carried along to the next. */
const local = ['job', 'new', 'from', 'to'];

const listeners = new Set();
let state = read({ ...defaults });

function read(before) {
    const query = new URLSearchParams(location.hash.slice(1));
    const next = { ...before };
    for (const name of local) next[name] = defaults[name];
    for (const name of Object.keys(defaults)) {
        if (query.has(name)) next[name] = query.get(name);
    }
    const smoothing = Number(next.smoothing);
    next.smoothing = smoothing >= 0 && smoothing < 1 ? smoothing : defaults.smoothing;
    return next;
}

function hash(of) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(of)) {
        if (value !== defaults[name]) query.set(name, value);
    }
    return `#${query}`;
}

export const current = () => state;

/** Where a click leads that changes the place. */
export const addressOf = (place) => hash({ ...defaults, ...place });

/** Changes how the place is looked at; the way back skips it. */
export function adjust(changes) {
    state = { ...state, ...changes };
    history.replaceState(null, '', hash(state));
    listeners.forEach((listener) => listener(state));
}

/** Goes to another place; the way back leads here. */
export function go(place) {
    location.hash = addressOf(place);
}

export function onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

window.addEventListener('hashchange', () => {
    state = read(state);
    // The address tells how it is looked at also after a click on a plain link.
    history.replaceState(null, '', hash(state));
    listeners.forEach((listener) => listener(state));
});
