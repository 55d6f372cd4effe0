/** One environment out of many: searched by name, those that cannot run here with the reason. */

import { element, setText } from '../element.js';

export class EnvironmentPicker {
    /**
     * @param environments The catalog's entries.
     * @param chosen The id that is chosen at first.
     * @param onChoice Takes the entry that a person chooses.
     */
    constructor(environments, chosen, onChoice) {
        this.environments = environments;
        this.onChoice = onChoice;
        this.search = element('input', {
            name: 'search',
            type: 'search',
            placeholder: `Search ${environments.length} environments`,
            'aria-label': 'Search environments',
            autocomplete: 'off',
            oninput: () => this.#filter(),
            onkeydown: (event) => this.#onKey(event),
        });
        this.rows = environments.map((entry) => this.#row(entry));
        this.list = element(
            'div', { class: 'environments', role: 'radiogroup', 'aria-label': 'Environment' },
            this.rows.map(({ row }) => row));
        this.summary = element('p', { class: 'summary' });
        this.none = element(
            'p', { class: 'note', hidden: true }, 'No environment has that in its name.');
        this.fault = element('p', { class: 'fault', hidden: true });
        this.element = element('div', { class: 'environment-picker' },
            this.summary, this.fault, ...this.#reasons(), this.search, this.none, this.list);
        this.choose(chosen);
    }

    get value() { return this.chosen?.id ?? ''; }

    choose(id) {
        this.chosen = this.environments.find((entry) => entry.id === id);
        for (const { input } of this.rows) input.checked = input.value === id;
        const summary = this.chosen?.summary ?? 'is not known here.';
        setText(this.summary, `${id}: ${summary}`);
    }

    clearFaults() {
        this.fault.hidden = true;
        this.search.removeAttribute('aria-invalid');
    }

    showFault(pointer, message) {
        if (pointer !== '/environment' && pointer !== '/algorithm') return false;
        this.fault.hidden = false;
        setText(this.fault, message);
        this.search.setAttribute('aria-invalid', 'true');
        return true;
    }

    #row(entry) {
        const { id, available, reason, observation, actions } = entry;
        const input = element('input', {
            type: 'radio', name: 'environment', value: id, disabled: !available,
            onchange: () => {
                this.choose(id);
                this.onChoice(entry);
            },
        });
        const shape = observation
            ? `${observation.shape.join('×')} · ${actions.length} actions` : 'as its options say';
        const row = element(
            'label', { title: reason, class: available ? '' : 'unavailable' },
            input,
            element('span', { class: 'id' }, id),
            element('span', { class: 'shape' }, available ? shape : 'not available'));
        return { input, row, text: id.toLowerCase() };
    }

    /** Each reason once: a hundred games lack the same thing. */
    #reasons() {
        const lacking = new Map();
        for (const { reason } of this.environments) {
            if (reason) lacking.set(reason, (lacking.get(reason) ?? 0) + 1);
        }
        return [...lacking].map(([reason, number]) => {
            const some = number === 1 ? 'One environment' : `${number} environments`;
            return element('p', { class: 'failure' }, `${some} cannot run here: ${reason}`);
        });
    }

    #filter() {
        const wanted = this.search.value.trim().toLowerCase();
        for (const { row, text } of this.rows) row.hidden = !text.includes(wanted);
        this.none.hidden = this.rows.some(({ row }) => !row.hidden);
    }

    /** Enter takes the first that is found, and does not yet send the form. */
    #onKey(event) {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        const first = this.rows.find(({ row, input }) => !row.hidden && !input.disabled);
        first?.input.click();
    }
}
