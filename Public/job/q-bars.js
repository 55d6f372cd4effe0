/**
 * A bar for each action's Q-value: the best is marked, the one that was chosen is outlined, with
 * whether it was chosen greedily or at random where the server says so.
 */

import { element, setText } from '../element.js';
import { measure, words } from '../format.js';

export class QBars {
    #names = '';
    #rows = [];
    /** What the bars reach over; it widens at once and narrows slowly, so that bars stand still. */
    #low = 0;
    #high = 0;

    constructor() {
        this.list = element('ul', { class: 'q-bars' });
        this.fromMean = element('input', {
            name: 'differences',
            type: 'checkbox',
            onchange: () => {
                this.#low = this.#high = 0;
                if (this.shown) this.show(this.shown);
            },
        });
        this.element = element('div', { class: 'q-values' },
            element('h3', {}, 'Q-values'),
            element(
                'label', { title: 'Bars from the mean of all actions instead of from 0' },
                this.fromMean, 'differences'),
            this.list,
            element('p', { class: 'q-key', 'aria-hidden': 'true' },
                element('span', {}, element('i', { class: 'bar-key best' }), 'best'),
                element('span', {}, element('i', { class: 'bar-key chosen' }), 'last chosen')));
    }

    show(view) {
        this.shown = view;
        const { q_values: values, action_names: names, action, greedy } = view;
        const manner = { true: 'greedy', false: 'random' }[greedy] ?? '';
        this.#makeRows(names);
        const known = values.filter((value) => value !== null);
        const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
        const origin = this.fromMean.checked ? mean : 0;
        this.#low = Math.min(0, this.#low * 0.97, ...known.map((value) => value - origin));
        this.#high = Math.max(0, this.#high * 0.97, ...known.map((value) => value - origin));
        const reach = this.#high - this.#low || 1;
        const best = values.indexOf(Math.max(...known));
        for (const [index, { row, bar, value, how }] of this.#rows.entries()) {
            const q = (values[index] ?? origin) - origin;
            bar.style.setProperty('left', `${((Math.min(q, 0) - this.#low) / reach) * 100}%`);
            bar.style.setProperty('width', `${(Math.abs(q) / reach) * 100}%`);
            row.classList.toggle('best', index === best);
            row.classList.toggle('chosen', index === action);
            setText(value, measure(values[index]));
            setText(how, index === action ? manner : '');
        }
    }

    #makeRows(names) {
        if (this.#names === names.join()) return;
        this.#names = names.join();
        this.#rows = names.map((name) => {
            const bar = element('span', { class: 'bar' });
            const value = element('span', { class: 'q' });
            const how = element('span', { class: 'how' });
            const row = element(
                'li', {},
                element('span', { class: 'action' }, words(name.toLowerCase())),
                element('span', { class: 'track' }, bar, how),
                value);
            return { row, bar, value, how };
        });
        this.list.replaceChildren(...this.#rows.map(({ row }) => row));
        this.list.classList.toggle('many', names.length > 9);
    }
}
