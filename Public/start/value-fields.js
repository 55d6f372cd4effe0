/** Fields for every value of a JSON object, nested ones in groups, each with its JSON pointer. */

import { button, element } from '../element.js';
import { words } from '../format.js';

export class ValueFields {
    #fields = [];

    /**
     * @param object The values as they are.
     * @param onChange Called when one is changed.
     * @param meaning Gives `{hint, words}` of the field at a path: what it means, and the words
     *     that it can be, if it is one of several.
     */
    constructor(object, { onChange, meaning = () => ({}) }) {
        Object.assign(this, { onChange, meaning });
        this.element = element('div', { class: 'fields' }, this.#make(object, []));
    }

    /** The values that differ from what they were, nested as they were. */
    get changes() {
        return nested(this.#fields.filter((field) => field.isChanged));
    }

    /** All values as they stand. */
    get values() {
        return nested(this.#fields);
    }

    reset() {
        this.#fields.forEach((field) => field.reset());
    }

    clearFaults() {
        this.#fields.forEach((field) => field.clearFaults());
    }

    /** Shows a fault at the field that the pointer leads to or through; false where none is. */
    showFault(pointer, message) {
        const field = this.#fields.find((field) => `${pointer}/`.startsWith(`${field.pointer}/`));
        if (!field) return false;
        field.addFault(`${pointer.slice(field.pointer.length)} ${message}`.trim());
        return true;
    }

    #make(object, path) {
        return Object.entries(object).map(([key, value]) => {
            const here = [...path, key];
            if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
                const inner = this.#make(value, here);
                return path.length === 0 ? inner : group(key, inner);
            }
            const field = new ValueField(here, value, {
                onChange: this.onChange,
                ...this.meaning(here),
            });
            this.#fields.push(field);
            return field.element;
        }).flat();
    }
}

class ValueField {
    constructor(path, value, { onChange, hint, words: choices = [] }) {
        this.path = path;
        this.pointer = `/${path.join('/')}`;
        this.original = value;
        this.text = textOf(value);
        const id = `field${this.pointer.replaceAll('/', '-')}`;
        this.input = control(value, id, choices);
        this.fault = element('span', { class: 'fault', id: `${id}-fault`, hidden: true });
        this.undo = button('↺', () => {
            this.reset();
            onChange();
            this.input.focus();
        }, {
            class: 'undo quiet',
            title: `Back to ${this.text || 'nothing'}`,
            'aria-label': `Reset ${words(path.at(-1))}`,
            hidden: true,
        });
        this.input.addEventListener('input', () => {
            this.#mark();
            onChange();
        });
        const isWide = this.input.tagName === 'TEXTAREA';
        this.element = element('div', { class: `field ${isWide ? 'wide' : ''}` },
            element('label', { htmlFor: id, class: 'name', title: hint }, words(path.at(-1))),
            element('span', { class: 'control' }, this.input, this.undo),
            hint && element('span', { class: 'note' }, hint), this.fault);
    }

    get isBoolean() { return typeof this.original === 'boolean'; }

    get isChanged() {
        if (this.isBoolean) return this.input.checked !== this.original;
        return this.input.value.trim() !== this.text;
    }

    /** What stands there; what is no JSON goes as text, and the server says what it wants. */
    get value() {
        if (this.isBoolean) return this.input.checked;
        const text = this.input.value.trim();
        if (typeof this.original === 'string') return text;
        if (text === '') return null;
        const isNumber = /^[-+]?[\d_ ,.]+(e[-+]?\d+)?$/i.test(text);
        try {
            // A million may be written 1_000_000 or 1,000,000.
            return JSON.parse(isNumber ? text.replaceAll(/[_ ,](?=\d{3})/g, '') : text);
        } catch {
            return text;
        }
    }

    reset() {
        if (this.isBoolean) this.input.checked = this.original;
        else this.input.value = this.text;
        this.#mark();
    }

    addFault(message) {
        this.fault.hidden = false;
        this.fault.append(element('span', {}, message));
        this.input.setAttribute('aria-invalid', 'true');
        this.input.setAttribute('aria-describedby', this.fault.id);
    }

    clearFaults() {
        this.fault.hidden = true;
        this.fault.replaceChildren();
        this.input.removeAttribute('aria-invalid');
        this.input.removeAttribute('aria-describedby');
    }

    #mark() {
        this.undo.hidden = !this.isChanged;
        this.element.classList.toggle('changed', this.isChanged);
    }
}

function group(key, fields) {
    return element(
        'fieldset', { class: 'wide' },
        element('legend', {}, words(key)),
        element('div', { class: 'fields' }, fields));
}

function control(value, id, choices) {
    const common = { id, spellcheck: false, autocomplete: 'off' };
    if (typeof value === 'boolean') {
        return element('input', { ...common, type: 'checkbox', checked: value });
    }
    if (choices.length > 0) {
        const options = choices.map((word) => element('option', { value: word }, word));
        const select = element('select', { id, autocomplete: 'off' }, options);
        select.value = value;
        return select;
    }
    common.value = textOf(value);
    if (Array.isArray(value)) {
        return element('textarea', { ...common, rows: Math.min(8, value.length + 2) });
    }
    const inputMode = typeof value === 'string' ? 'text' : 'decimal';
    return element('input', { ...common, type: 'text', inputMode });
}

/** A value as it stands in its field: a line for each layer of a network. */
function textOf(value) {
    if (!Array.isArray(value)) return String(value ?? '');
    const lines = value.map((part) => `  ${JSON.stringify(part)}`);
    return value.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`;
}

function nested(fields) {
    const object = {};
    for (const { path, value } of fields) {
        const parent = path.slice(0, -1).reduce((part, key) => (part[key] ??= {}), object);
        parent[path.at(-1)] = value;
    }
    return object;
}
