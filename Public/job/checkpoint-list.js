/** The checkpoints of a job, to take away. */

import * as api from '../api.js';
import { element } from '../element.js';
import { bytes, count, dayAndTime, measure } from '../format.js';
import { oneAtATime } from '../one-at-a-time.js';

const columns = ['Number', 'Step', 'Mean of 100', 'Evaluation', 'File'];

export class CheckpointList {
    refresh = oneAtATime(async () => {
        const checkpoints = await api.checkpoints(this.job);
        this.#show(checkpoints);
        this.onFetch(checkpoints);
    });

    #checkpoints = [];

    /**
     * @param evaluationAt Gives the mean return of the evaluation at an agent step, or null.
     * @param onFetch Takes all checkpoints whenever they were fetched.
     */
    constructor(job, evaluationAt, onFetch) {
        this.job = job;
        this.evaluationAt = evaluationAt;
        this.onFetch = onFetch;
        this.downloads = element('p', { class: 'actions' });
        this.rows = element('tbody', {});
        const heads = columns.map((name) => element('th', { scope: 'col' }, name));
        this.table = element(
            'div', { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'All checkpoints' },
            element('table', {}, element('thead', {}, element('tr', {}, heads)), this.rows));
        this.empty = element('p', { class: 'note' }, 'None was taken yet.');
        this.element = element('section', { class: 'card checkpoints' },
            element('h2', {}, 'Checkpoints'), this.empty, this.downloads, this.table);
        this.#show([]);
    }

    /** Shows the same again, where evaluations became known. */
    redraw() {
        this.#show(this.#checkpoints);
    }

    #show(checkpoints) {
        this.#checkpoints = checkpoints;
        const newestFirst = checkpoints.toReversed();
        this.empty.hidden = newestFirst.length > 0;
        this.table.hidden = newestFirst.length === 0;
        this.downloads.replaceChildren(...['latest', 'best'].map((label) => {
            const checkpoint = newestFirst.find(({ labels }) => labels.includes(label));
            return checkpoint && link(checkpoint, `Download ${label}`, 'button');
        }).filter(Boolean));
        this.rows.replaceChildren(...newestFirst.map((checkpoint) =>
            row(checkpoint, checkpoint.evaluation_return ?? this.evaluationAt(checkpoint.agent_steps))));
    }
}

function row(checkpoint, evaluation) {
    const labels = checkpoint.labels.map((label) => element('span', { class: 'label' }, label));
    const name = `Checkpoint ${checkpoint.version} as safetensors`;
    const size = bytes(checkpoint.size_bytes);
    return element(
        'tr', { title: dayAndTime(checkpoint.created_at) },
        element('th', { scope: 'row' }, String(checkpoint.version), labels),
        element('td', {}, count(checkpoint.agent_steps)),
        element('td', {}, measure(checkpoint.mean_return_100)),
        element('td', {}, measure(evaluation)),
        element('td', {}, link(checkpoint, size, '', `${name}, ${size}`)));
}

function link({ id }, text, style, name) {
    return element('a', {
        class: style,
        href: api.checkpointFile(id),
        download: `${id}.safetensors`,
        'aria-label': name,
        onclick: api.download,
    }, text);
}
