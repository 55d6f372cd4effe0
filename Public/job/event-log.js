/** What happened, line by line: states, evaluations, checkpoints, messages. */

import { element } from '../element.js';
import { bytes, clock, count, measure } from '../format.js';

/** More lines are not kept. */
export const lineLimit = 200;

const texts = {
    state: ({ state, reason }) => state + (reason ? `: ${reason}` : ''),
    evaluation: ({ evaluation_return: mean, ...result }) =>
        `mean return ${measure(mean)} ± ${measure(result.standard_deviation)} `
        + `over ${result.evaluation_episodes} episodes, `
        + `${measure(result.min_return)} to ${measure(result.max_return)}`,
    checkpoint: ({ checkpoint }) =>
        `number ${checkpoint.version}, ${bytes(checkpoint.size_bytes)}`
        + (checkpoint.labels.includes('best') ? ', the best so far' : ''),
    log: ({ message }) => message,
    rewind: () => 'goes on from here; what came later is done again',
};

export class EventLog {
    #known = new Set();

    constructor() {
        this.lines = element(
            'ol', { class: 'log-lines', tabIndex: 0, 'aria-label': 'Events, newest first' });
        this.empty = element('p', { class: 'note' }, 'Nothing yet.');
        this.element = element(
            'section', { class: 'card log' },
            element('h2', {}, 'Events'), this.empty, this.lines);
    }

    /** An event as it comes, or one from before that the records tell. */
    add(name, data) {
        if (!(name in texts) || this.#isKnown(name, data)) return;
        if (name === 'rewind') this.#forgetAfter(data.agent_steps);
        const added = line(name, data);
        // Newest first; RFC 3339 times sort as text.
        const next = [...this.lines.children].find(({ dataset }) => dataset.time <= data.time);
        this.lines.insertBefore(added, next ?? null);
        this.empty.hidden = true;
        if (this.lines.childElementCount > lineLimit) this.lines.lastElementChild.remove();
    }

    /** What the records tell of the time before the first event that was read. */
    addRecorded({ started_at: start }, checkpoints) {
        if (start) this.add('state', { time: start, agent_steps: 0, state: 'running' });
        for (const checkpoint of checkpoints) {
            const { created_at: time, agent_steps } = checkpoint;
            this.add('checkpoint', { time, agent_steps, checkpoint });
        }
    }

    /** Takes back the lines of what happens anew; checkpoints stay. */
    #forgetAfter(steps) {
        for (const taken of [...this.lines.children]) {
            const { name, steps: at } = taken.dataset;
            if (name !== 'checkpoint' && Number(at) > steps) taken.remove();
        }
    }

    /** Notes an event and says whether it was there already. */
    #isKnown(name, { agent_steps: steps, state, checkpoint, time }) {
        const key = checkpoint?.id ?? (name === 'state' && steps === 0 ? state : `${name} ${time}`);
        const isKnown = this.#known.has(key);
        this.#known.add(key);
        return isKnown;
    }
}

function line(name, data) {
    const kinds = `line ${name} ${data.level ?? data.state ?? ''}`;
    return element(
        'li', { class: kinds, dataset: { time: data.time, name, steps: data.agent_steps } },
        element('time', { dateTime: data.time }, clock(data.time)),
        element('span', { class: 'kind' }, name === 'log' ? data.level : name),
        element('span', { class: 'text' }, texts[name](data)),
        element('span', { class: 'step', title: 'Agent step' }, count(data.agent_steps)));
}
