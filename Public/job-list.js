/** All jobs, newest first. */

import * as api from './api.js';
import { button, element, notify, setText } from './element.js';
import { measure, percent } from './format.js';
import { stateLabel } from './state-label.js';
import { addressOf } from './view-state.js';

const pageSize = 50;
/** Milliseconds between two looks at the list: while something moves, and while nothing does. */
const pace = { busy: 2000, idle: 8000 };
const moving = ['queued', 'running'];

export class JobList {
    #jobs = [];
    #rows = new Map();
    #next = null;
    #timer;

    /** @param onStatus Takes `there`, `away` or `locked`: how the server answers. */
    constructor(place, onStatus) {
        this.onStatus = onStatus;
        this.list = element('ul', { class: 'job-rows' });
        this.filter = element('input', {
            name: 'filter',
            type: 'search',
            placeholder: 'Filter',
            'aria-label': 'Filter jobs by name, environment or state',
            hidden: true,
            oninput: () => this.#show(),
        });
        const fetchMore = () => this.#fetchMore().catch((error) => notify(error.message, 'error'));
        this.more = button('Older jobs', fetchMore, { class: 'quiet more', hidden: true });
        this.empty = element('p', { class: 'note' }, 'No jobs yet.');
        place.append(
            element('div', { class: 'jobs-head' },
                element('h2', {}, 'Jobs'),
                element('a', { class: 'button primary', href: addressOf({}) }, 'New job')),
            this.filter, this.empty, this.list, this.more);
        document.addEventListener('visibilitychange', () => document.hidden || this.refresh());
        this.refresh();
    }

    /** Looks now, and again after a while. */
    async refresh() {
        clearTimeout(this.#timer);
        try {
            const limit = Math.min(1000, Math.max(pageSize, this.#jobs.length));
            this.#take(await api.jobs({ limit }));
            this.onStatus('there');
        } catch (error) {
            this.onStatus(error.status === 401 ? 'locked' : 'away');
        }
        clearTimeout(this.#timer);
        if (document.hidden) return;
        // A long list is much to fetch.
        const isShort = this.#jobs.length <= pageSize;
        const isBusy = isShort && this.#jobs.some(({ state }) => moving.includes(state));
        this.#timer = setTimeout(() => this.refresh(), isBusy ? pace.busy : pace.idle);
    }

    /** Shows what is known of a job better than by looking now and then. */
    update(job) {
        const index = this.#jobs.findIndex(({ id }) => id === job.id);
        // A stream may be behind a very fast job.
        if (index < 0 || this.#jobs[index].progress.agent_steps > job.progress.agent_steps) return;
        this.#jobs[index] = job;
        this.#rows.get(job.id)?.show(job);
    }

    select(id) {
        this.selected = id;
        for (const [other, row] of this.#rows) row.select(other === id);
    }

    get isEmpty() { return this.#jobs.length === 0; }

    #take({ jobs, next }) {
        this.#jobs = jobs;
        this.#next = next;
        this.#show();
    }

    async #fetchMore() {
        const { jobs, next } = await api.jobs({ limit: pageSize, after: this.#next });
        this.#take({ jobs: [...this.#jobs, ...jobs], next });
    }

    #show() {
        this.empty.hidden = this.#jobs.length > 0;
        this.more.hidden = this.#next === null;
        this.filter.hidden = this.#jobs.length < 8;
        const wanted = this.filter.value.toLowerCase();
        const jobs = this.#jobs.filter(({ id, name, environment, state }) =>
            [id, name, environment, state].join(' ').toLowerCase().includes(wanted));
        const rows = jobs.map((job) => {
            if (!this.#rows.has(job.id)) this.#rows.set(job.id, new JobRow(job.id));
            const row = this.#rows.get(job.id);
            row.show(job);
            row.select(job.id === this.selected);
            return row.element;
        });
        const shown = this.list.children;
        const isSame = rows.length === shown.length
            && rows.every((row, index) => row === shown[index]);
        if (!isSame) this.list.replaceChildren(...rows);
    }
}

class JobRow {
    constructor(id) {
        this.name = element('span', { class: 'name' });
        this.value = element('span', { class: 'value' });
        this.state = element('span', {});
        this.done = element('span', { class: 'done' });
        this.bar = element('span', { class: 'fill' });
        this.link = element('a', { href: addressOf({ job: id }) },
            this.name, this.value, this.state, this.done,
            element('span', { class: 'thin-bar', 'aria-hidden': 'true' }, this.bar));
        this.element = element('li', {}, this.link);
    }

    show(job) {
        const { name, environment, state, progress, total_agent_steps: total } = job;
        const share = Math.min(1, progress.agent_steps / total);
        setText(this.name, name || environment);
        // An evaluation tells more than what is played while exploring.
        const isEvaluated = job.evaluation !== null && job.best !== null;
        const value = isEvaluated ? job.best.mean_return : job.latest.mean_return_100;
        setText(this.value, value === null ? '' : measure(value));
        this.value.title = isEvaluated
            ? 'Mean return of the best evaluation'
            : 'Mean return of the last 100 episodes';
        if (this.state.dataset.state !== state) {
            this.state.dataset.state = state;
            this.state.replaceChildren(stateLabel(state));
        }
        setText(this.done, state === 'completed' ? '' : percent(share));
        this.bar.style.setProperty('width', `${share * 100}%`);
        this.bar.parentElement.hidden = !['running', 'paused'].includes(state);
    }

    select(isSelected) {
        if (isSelected) this.link.setAttribute('aria-current', 'page');
        else this.link.removeAttribute('aria-current');
    }
}
