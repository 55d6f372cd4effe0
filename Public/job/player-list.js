/** The clients that play a job: how fast, how well, and how long they wait for an action. */

import * as api from '../api.js';
import { element } from '../element.js';
import { count, measure } from '../format.js';
import { oneAtATime } from '../one-at-a-time.js';

const columns = [
    ['Player', 'What it calls itself, and whether it is learned from'],
    ['Steps', 'Actions whose outcome was told'],
    ['Steps/s', 'From its first call to its newest'],
    ['Mean of 100', 'Mean return of its last 100 episodes'],
    ['Action ms', 'How long half of its calls waited at most, and 99 of 100'],
];

export class PlayerList {
    /** Fetches the players anew; a server that cannot say leaves what is shown. */
    refresh = oneAtATime(async () => this.#show(await api.players(this.job)));

    constructor(job) {
        this.job = job;
        this.rows = element('tbody', {});
        this.table = element(
            'div', { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'All players' },
            element('table', {},
                element('thead', {}, element('tr', {}, columns.map(([name, hint]) =>
                    element('th', { scope: 'col', title: hint }, name)))),
                this.rows));
        this.empty = element('p', { class: 'note' },
            `Nobody plays now. POST /v1/jobs/${job}/players joins.`);
        this.element = element('section', { class: 'card checkpoints players' },
            element('h2', {}, 'Players'), this.empty, this.table);
        this.#show([]);
    }

    #show(players) {
        this.empty.hidden = players.length > 0;
        this.table.hidden = players.length === 0;
        this.rows.replaceChildren(...players.map(row));
    }
}

function row({ id, name, mode, agents, statistics }) {
    const labels = [mode === 'evaluate' ? 'evaluates' : '', agents > 1 ? `${agents} agents` : '']
        .filter(Boolean).map((text) => element('span', { class: 'label' }, text));
    const waits = [statistics.act_seconds_p50, statistics.act_seconds_p99]
        .map((seconds) => (seconds === null ? '–' : measure(1000 * seconds)));
    return element('tr', {},
        element('td', {}, `${name ?? id} `, labels),
        element('td', {}, count(statistics.agent_steps)),
        element('td', {}, measure(statistics.agent_steps_per_second)),
        element('td', {}, measure(statistics.mean_return_100)),
        element('td', {}, waits.join(' / ')));
}
