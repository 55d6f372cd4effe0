/** Where jobs begin: what this is, the presets, and the form that adjusts one. */

import * as api from '../api.js';
import { button, element, notify } from '../element.js';
import { requestOf } from '../job/parameters.js';
import { addressOf } from '../view-state.js';
import { StartForm } from './start-form.js';

export class StartView {
    /**
     * @param catalog `{presets, environments}`.
     * @param chosen The preset that is adjusted, `job:ID` for a job that is run again, or empty.
     * @param onStart Takes the job that was started.
     */
    constructor(catalog, chosen, onStart) {
        this.catalog = catalog;
        this.onStart = onStart;
        this.element = element('article', { class: 'start' });
        if (chosen) this.#showForm(chosen);
        else this.element.append(this.#welcome(), this.#cards());
    }

    close() {}

    #welcome() {
        const { presets } = this.catalog;
        const quick = presets.find(({ name }) => name === 'catch') ?? presets[0];
        return element('section', { class: 'welcome' },
            element('h1', {}, 'Watch a network learn to play'),
            element('p', {},
                'This server trains Deep Q-Networks, shows you what they see and think while they ',
                'learn, and answers with their Q-values over HTTP. Training runs on its machine.'),
            quick && element('p', { class: 'actions' },
                this.#starter(quick, `Start ${quick.name}`, 'primary large'),
                element(
                    'span', { class: 'note' },
                    quick.summary, ` Expect ${quick.expectation}.`)));
    }

    #cards() {
        return element('section', { 'aria-labelledby': 'presets' },
            element('h2', { id: 'presets' }, 'Begin with a preset'),
            element(
                'ul', { class: 'cards' },
                this.catalog.presets.map((preset) => this.#card(preset))));
    }

    #card(preset) {
        const { name, summary, source, expectation, job } = preset;
        const reason = this.#environment(job.environment)?.reason;
        const learner = job.algorithm === 'q_learning' ? 'table' : 'network';
        return element('li', { class: 'card preset' },
            element('h3', {}, name),
            element('p', { class: 'kind-of' }, `${job.environment} · ${learner}`),
            element('p', {}, summary),
            element('p', { class: 'note' }, `Expect ${expectation}.`),
            element('p', { class: 'note source' }, `After ${source}.`),
            reason && element('p', { class: 'failure' }, reason),
            element('p', { class: 'actions' },
                !reason && this.#starter(preset, 'Start'),
                element('a', {
                    class: 'button',
                    href: addressOf({ new: name }),
                    'aria-label': `Adjust ${name}`,
                }, 'Adjust…')));
    }

    #starter({ name }, text, style = '') {
        const starter = button(text, async () => {
            starter.disabled = true;
            try {
                this.onStart(await this.#send({ preset: name }));
            } catch (error) {
                notify(error.message, 'error');
                starter.disabled = false;
            }
        }, { class: style, 'aria-label': text === 'Start' ? `Start ${name}` : null });
        return starter;
    }

    /** Sends a request; the same one again, after an answer that was lost, starts no second job. */
    #send(body) {
        const text = JSON.stringify(body);
        if (this.sent?.text !== text) this.sent = { text, key: newKey() };
        return api.startJob(body, this.sent.key);
    }

    #environment(id) {
        return this.catalog.environments.find((environment) => environment.id === id);
    }

    async #showForm(chosen) {
        const base = await this.#base(chosen);
        if (!base) {
            const text = `There is nothing called ${chosen} to start from.`;
            this.element.append(element('p', { class: 'waiting' }, text));
            return;
        }
        const form = new StartForm(this.catalog, base, (body) => this.#send(body), this.onStart);
        this.element.append(form.element);
    }

    /** What a form starts from: `{title, preset?, job}`. */
    async #base(chosen) {
        if (!chosen.startsWith('job:')) {
            const preset = this.catalog.presets.find(({ name }) => name === chosen);
            return preset && { ...preset, title: preset.name, preset: preset.name };
        }
        const job = await api.job(chosen.slice(4)).catch(() => null);
        return job && {
            title: `${job.name} again`,
            summary: `With all values of job ${job.id}.`,
            job: requestOf(job),
        };
    }
}

/** A key of a request's own; without TLS browsers have no randomUUID. */
function newKey() {
    return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
