/** A table that is being learned: as a map where its states lie in a square, as rows elsewhere. */

import * as api from '../api.js';
import { element, setText } from '../element.js';
import { count, measure, words } from '../format.js';
import { oneAtATime } from '../one-at-a-time.js';

const arrows = { LEFT: '←', DOWN: '↓', RIGHT: '→', UP: '↑' };
const interval = 1000;

export class QTable {
    #wasOver = false;
    #refresh = oneAtATime(() => this.#fetch());

    constructor(job) {
        this.job = job.id;
        this.place = element('div', { class: 'q-table-place' });
        this.note = element('p', { class: 'note' }, 'The table comes with the first step.');
        this.step = element('span', { class: 'step' });
        this.element = element('section', { class: 'card agent table', 'aria-label': 'Q-table' },
            element('div', { class: 'agent-head' }, element('h2', {}, 'Q-table'), this.step),
            this.note, this.place);
        this.timer = setInterval(() => this.#refresh(), interval);
    }

    close() {
        clearInterval(this.timer);
    }

    show(job, isOver) {
        this.state = job.state;
        this.steps = job.progress.agent_steps;
        if (isOver && !this.#wasOver) {
            this.#wasOver = true;
            clearInterval(this.timer);
            this.#refresh();
        } else if (!this.hasTable && !isOver) {
            this.#refresh();
        }
    }

    async #fetch() {
        if ((document.hidden && !this.#wasOver) || this.state === 'queued') return;
        try {
            this.#draw(await api.qTable(this.job));
            this.hasTable = true;
            setText(this.note, '');
        } catch (error) {
            if (this.hasTable || !this.#wasOver) return;
            setText(this.note, `No table to show: ${error.message}.`);
        }
    }

    #draw({ agent_steps: steps, action_names: names, q_values: values }) {
        setText(this.step, `step ${count(steps)}`);
        const side = Math.sqrt(values.length);
        const isMap = Number.isInteger(side) && side > 2 && names.every((name) => name in arrows);
        if (!this.table) {
            this.table = isMap ? new TableMap(side, names) : new TableRows(values.length, names);
            this.place.replaceChildren(this.table.element);
        }
        this.table.show(values);
    }
}

/** The states as fields, each with the best action's arrow and, where there is room, all values. */
class TableMap {
    constructor(side, names) {
        this.names = names;
        this.cells = Array.from({ length: side * side }, () => {
            const values = new Map(names.map((name) =>
                [name, element('span', { class: `edge ${name.toLowerCase()}` })]));
            const arrow = element('span', { class: 'arrow' });
            return { values, arrow, cell: element('td', {}, arrow, [...values.values()]) };
        });
        const fields = this.cells.map(({ cell }) => cell);
        const rows = Array.from({ length: side }, (_, row) =>
            element('tr', {}, fields.slice(row * side, (row + 1) * side)));
        this.element = element('div', {},
            element(
                'table',
                { class: side > 5 ? 'q-map small' : 'q-map', 'aria-label': 'Best actions' },
                element('tbody', {}, rows)),
            element(
                'p', { class: 'note' },
                'Arrows point where the most is expected; the stronger a field, the more. ',
                'Hatched fields end the game or were never seen.'));
    }

    show(table) {
        const highest = Math.max(...table.flat(), 1e-9);
        for (const [state, { cell, arrow, values }] of this.cells.entries()) {
            const row = table[state];
            const best = Math.max(...row);
            const isBlank = row.every((value) => value === 0);
            const name = this.names[row.indexOf(best)];
            setText(arrow, isBlank ? '' : arrows[name]);
            cell.style.setProperty('--share', String(Math.max(0, best / highest)));
            cell.classList.toggle('blank', isBlank);
            for (const [index, action] of this.names.entries()) {
                const edge = values.get(action);
                setText(edge, isBlank ? '' : row[index].toFixed(2).replace(/^(-?)0\./, '$1.'));
                edge.classList.toggle('best', !isBlank && action === name);
            }
        }
    }
}

/** The states as rows, the best value of each marked. */
class TableRows {
    constructor(stateCount, names) {
        this.rows = Array.from({ length: stateCount }, (_, state) => {
            const cells = names.map(() => element('td', {}));
            const head = element('th', { scope: 'row' }, String(state));
            return { cells, row: element('tr', {}, head, cells) };
        });
        const heads = ['state', ...names.map((name) => words(name.toLowerCase()))];
        const cells = heads.map((name) => element('th', { scope: 'col' }, name));
        this.element = element(
            'div', { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'All values' },
            element(
                'table', { class: 'q-rows' },
                element('thead', {}, element('tr', {}, cells)),
                element('tbody', {}, this.rows.map(({ row }) => row))));
    }

    show(table) {
        for (const [state, { cells }] of this.rows.entries()) {
            const best = Math.max(...table[state]);
            const isBlank = table[state].every((value) => value === 0);
            for (const [index, cell] of cells.entries()) {
                setText(cell, measure(table[state][index]));
                cell.classList.toggle('best', !isBlank && table[state][index] === best);
            }
        }
    }
}
