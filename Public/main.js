/** The page: the list of jobs beside the place that the address names. */

import * as api from './api.js';
import { element, setText } from './element.js';
import { percent } from './format.js';
import { JobList } from './job-list.js';
import { JobView } from './job/job-view.js';
import { StartView } from './start/start-view.js';
import { attachToken } from './token.js';
import { current, go, onChange } from './view-state.js';

const main = document.getElementById('view');
const nav = document.getElementById('jobs');
const connection = document.getElementById('connection');
const toggleJobs = document.getElementById('toggle-jobs');

const words = {
    live: 'live',
    reconnecting: 'reconnecting…',
    ended: 'ended',
    away: 'server away…',
    locked: 'token needed',
};

let view = null;
let shown = null;
let catalog = null;
let fetching = null;

const list = new JobList(nav, (answer) => {
    // A job that is watched says better how it is connected.
    if (answer !== 'there') return showConnection(answer);
    if (['away', 'locked'].includes(connection.dataset.status)) showConnection(view?.status ?? '');
    if (!catalog) show();
});

function showConnection(status) {
    if (view && !['away', 'locked'].includes(status)) view.status = status;
    connection.hidden = !(status in words);
    if (connection.dataset.status === status) return;
    connection.dataset.status = status;
    connection.className = `connection ${status}`;
    setText(connection, words[status] ?? '');
}

/** What there is to choose from: asked for once, as it does not change while a server runs. */
async function fetchCatalog() {
    const [environments, presets, openAPI] = await Promise.all([
        api.environments(), api.presets(), api.openAPI(),
    ]);
    return { environments, presets, openAPI };
}

async function show() {
    const place = `${current().job} ${current().new}`;
    if (place === shown) return;
    try {
        fetching ??= fetchCatalog();
        catalog ??= await fetching;
    } catch (error) {
        fetching = null;
        const text = `Waiting for the server: ${error.message}.`;
        main.replaceChildren(element('p', { class: 'waiting' }, text));
        return;
    }
    if (`${current().job} ${current().new}` === shown) return;
    const isFirst = shown === null;
    shown = `${current().job} ${current().new}`;
    view?.close();
    view = null;
    showConnection('');
    document.title = 'dqn-server';
    view = current().job
        ? new JobView(current().job, catalog.environments, {
            onStatus: showConnection,
            onGone: () => {
                list.refresh();
                go({});
            },
            onJob: (job) => {
                list.update(job);
                document.title = title(job);
            },
        })
        : new StartView(catalog, current().new, (job) => {
            list.refresh();
            go({ job: job.id });
        });
    list.select(current().job);
    main.replaceChildren(view.element);
    openJobs(false);
    if (isFirst) return;
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
}

function title({ name, environment, state, progress, total_agent_steps: total }) {
    const status = state === 'running' ? percent(progress.agent_steps / total) : state;
    return `${status} · ${name || environment} – dqn-server`;
}

/** On narrow screens the list of jobs is folded away. */
function openJobs(isOpen) {
    nav.classList.toggle('open', isOpen);
    toggleJobs.setAttribute('aria-expanded', String(isOpen));
}

// The address names the place that is shown, so this link must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
});
toggleJobs.addEventListener('click', () => openJobs(!nav.classList.contains('open')));
// The way from job to job also leads to the one that is shown.
nav.addEventListener('click', (event) => event.target.closest('a') && openJobs(false));
document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !nav.classList.contains('open')) return;
    openJobs(false);
    toggleJobs.focus();
});
attachToken(() => {
    shown = catalog = fetching = null;
    list.refresh();
    show();
});
onChange(show);
show();
