/** The form of a new job: a preset with every value of it to change. */

import { button, element, setText } from '../element.js';
import { snippet, startCommand } from '../job/snippets.js';
import { addressOf } from '../view-state.js';
import { EnvironmentPicker } from './environment-picker.js';
import { JobSchema } from './job-schema.js';
import { ValueFields } from './value-fields.js';

/** What a plan of evaluations begins with where a preset has none. */
const evaluationPlan = {
    every_agent_steps: 50_000,
    episodes: 30,
    epsilon: 0.05,
    stop_at_mean_return: null,
};

export class StartForm {
    /**
     * @param catalog `{presets, environments, openAPI}`.
     * @param base `{title, summary, preset?, job}`: what is changed, by its preset's name or whole.
     * @param send Sends the request and gives the job.
     * @param onStart Takes the job.
     */
    constructor(catalog, base, send, onStart) {
        Object.assign(this, { base, send, onStart });
        const {
            name, seed, total_agent_steps, environment, environment_options: options,
            hyperparameters, evaluation, ...rest
        } = base.job;
        const schema = new JobSchema(catalog.openAPI, base.job);
        const meaning = (path) => schema.at(path);
        const onChange = () => this.#preview();
        this.main = new ValueFields({ name, seed, total_agent_steps }, { onChange, meaning });
        this.options = element('div', {});
        this.picker = new EnvironmentPicker(catalog.environments, environment, (entry) => {
            this.#offerOptions(entry, options);
            this.#preview();
        });
        this.rest = new ValueFields(rest, { onChange, meaning });
        const plan = { evaluation: evaluation ?? evaluationPlan };
        this.evaluation = new ValueFields(plan, { onChange, meaning });
        this.evaluates = element('input', {
            name: 'evaluates',
            type: 'checkbox',
            checked: evaluation !== null,
            onchange: onChange,
        });
        this.values = new ValueFields({ hyperparameters }, { onChange, meaning });
        this.more = element('textarea', {
            name: 'more',
            rows: 3,
            spellcheck: false,
            placeholder: '{"hyperparameters": {…}}',
            oninput: onChange,
        });
        this.moreFault = element('p', { class: 'fault', hidden: true });
        this.faults = element('div', { class: 'failure', role: 'alert', hidden: true });
        this.submit = element('button', { class: 'primary large' }, 'Start training');
        this.preview = element('div', { class: 'preview' });
        this.element = element('form', { class: 'start-form', noValidate: true },
            element('header', {},
                element('a', { class: 'back', href: addressOf({}) }, '← All presets'),
                element('h1', {}, base.title),
                element('p', {}, base.summary, base.expectation && ` Expect ${base.expectation}.`)),
            element('section', { class: 'card' }, element('h2', {}, 'Job'), this.main.element),
            element('section', { class: 'card' },
                element('h2', {}, 'Environment'), this.picker.element, this.options),
            element('details', { class: 'card' },
                element('summary', {}, 'All values'),
                element('p', { class: 'note' }, 'Only what you change is sent.'),
                this.values.element,
                element('h3', {}, 'Plan'),
                this.rest.element,
                element('label', { class: 'switch' },
                    this.evaluates, 'Evaluate the policy while it learns'),
                this.evaluation.element,
                element('h3', {}, 'More'),
                element('label', { class: 'field wide' },
                    element('span', { class: 'name' }, 'Anything else, as JSON laid over it'),
                    this.more, this.moreFault)),
            this.faults,
            element('p', { class: 'actions' }, this.submit,
                button('Back to the preset’s values', () => this.#reset(), { class: 'quiet' })),
            this.preview);
        this.element.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#start();
        });
        this.#offerOptions(this.picker.chosen, options);
        this.#preview();
    }

    /** What the environment can be told, with what the base says of it. */
    #offerOptions(entry, given) {
        const options = entry?.options ?? [];
        const values = options.map((option) => [option.name, given[option.name] ?? option.default]);
        const meaning = (path) => {
            const option = options.find(({ name }) => name === path.at(-1));
            return { hint: option && `${option.summary} Takes ${option.allowed}.` };
        };
        this.optionFields = new ValueFields(
            { environment_options: Object.fromEntries(values) },
            { onChange: () => this.#preview(), meaning });
        this.options.hidden = options.length === 0;
        this.options.replaceChildren(element('details', {},
            element('summary', {}, `Options of ${entry?.id}`), this.optionFields.element));
    }

    /** The preset's name with what was changed, or all values of the job that is repeated. */
    #body() {
        const changes = {};
        for (const fields of [this.main, this.optionFields, this.rest, this.values]) {
            Object.assign(changes, fields.changes);
        }
        if (this.picker.value !== this.base.job.environment) {
            changes.environment = this.picker.value;
        }
        const isEvaluated = this.base.job.evaluation !== null;
        if (this.evaluates.checked) {
            const { changes: changed, values } = this.evaluation;
            Object.assign(changes, isEvaluated ? changed : values);
        } else if (isEvaluated) {
            changes.evaluation = null;
        }
        // Options of one environment mean nothing to another; nothing is said of those left empty.
        const options = Object.entries(this.optionFields.values.environment_options ?? {})
            .filter(([, value]) => value !== null);
        const start = this.base.preset
            ? { preset: this.base.preset }
            : { ...this.base.job, environment_options: Object.fromEntries(options) };
        return merged(merged(start, changes), this.#moreJSON());
    }

    #moreJSON() {
        this.moreFault.hidden = true;
        if (this.more.value.trim() === '') return {};
        try {
            return JSON.parse(this.more.value);
        } catch (error) {
            this.moreFault.hidden = false;
            setText(this.moreFault, error.message);
            return {};
        }
    }

    #preview() {
        this.evaluation.element.hidden = !this.evaluates.checked;
        this.preview.replaceChildren(snippet('The same by HTTP', startCommand(this.#body())));
    }

    #reset() {
        [this.main, this.rest, this.evaluation, this.values].forEach((fields) => fields.reset());
        this.evaluates.checked = this.base.job.evaluation !== null;
        this.picker.choose(this.base.job.environment);
        this.#offerOptions(this.picker.chosen, this.base.job.environment_options);
        this.more.value = '';
        this.#showFaults([], '');
        this.#preview();
    }

    async #start() {
        this.#showFaults([], '');
        const body = this.#body();
        if (!this.moreFault.hidden) return this.more.focus();
        this.submit.disabled = true;
        try {
            this.onStart(await this.send(body));
        } catch (error) {
            this.#showFaults(error.details ?? [], error.message);
        }
        this.submit.disabled = false;
    }

    /** Shows each fault at the field it points at, and those without a field above the button. */
    #showFaults(details, message) {
        const parts = [
            this.main, this.picker, this.optionFields, this.rest, this.evaluation, this.values,
        ];
        parts.forEach((part) => part.clearFaults());
        const isShown = (fault) =>
            parts.some((part) => part.showFault(fault.pointer, fault.message));
        const homeless = details.filter((fault) => !isShown(fault));
        this.faults.hidden = message === '';
        this.faults.replaceChildren(
            element('p', {}, message),
            element('ul', {}, homeless.map((fault) =>
                element('li', {}, `${fault.pointer}: ${fault.message}`))));
        for (const place of this.element.querySelectorAll('[aria-invalid=true]')) {
            const fold = place.closest('details');
            if (fold) fold.open = true;
        }
        this.element.querySelector('[aria-invalid=true]')?.focus();
    }
}

/** An object with another laid over it, key by key. */
function merged(below, above) {
    const isObject = (value) => value?.constructor === Object;
    if (!isObject(below) || !isObject(above)) return above;
    const changes = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)]);
    return { ...below, ...Object.fromEntries(changes) };
}
