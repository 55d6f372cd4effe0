/** The head of a job: its name and state, and what can be done with it. */

import * as api from '../api.js';
import { confirmation } from '../confirmation.js';
import { button, element, notify, setText } from '../element.js';
import { isEnd, stateLabel } from '../state-label.js';
import { addressOf } from '../view-state.js';

export class JobHeader {
    constructor(feed, onGone) {
        this.feed = feed;
        this.onGone = onGone;
        this.title = element('h1', {});
        this.state = element('span', { class: 'state-place' });
        this.subtitle = element('p', { class: 'subtitle' });
        this.reason = element('p', { class: 'reason', hidden: true });
        this.warning = element('p', { class: 'failure', hidden: true },
            'The loss is not a number any more: the values ran away. '
                + 'A smaller learning rate may hold them.');
        this.pause = button('Pause', () => this.#act(this.pause.dataset.verb));
        this.checkpoint = button('Take checkpoint', () => this.#takeCheckpoint());
        this.stop = button('Stop', () => this.#stop());
        const again = addressOf({ new: `job:${feed.id}` });
        this.again = element('a', { class: 'button', href: again }, 'Run again…');
        this.remove = button('Delete', () => this.#remove(), { class: 'dangerous' });
        this.csv = element('a', {
            class: 'button',
            href: api.metricsFile(feed.id),
            download: `${feed.id}-metrics.csv`,
            onclick: api.download,
        }, 'Metrics as CSV');
        this.element = element('header', { class: 'job-head' },
            element('div', { class: 'job-title' }, this.title, this.state),
            element(
                'div', { class: 'actions' },
                this.pause, this.checkpoint, this.stop, this.again, this.csv, this.remove),
            this.subtitle, this.reason, this.warning);
    }

    show(job) {
        const isOver = isEnd(job.state);
        setText(this.title, job.name || job.environment);
        if (this.state.dataset.state !== job.state) {
            this.state.dataset.state = job.state;
            this.state.replaceChildren(stateLabel(job.state));
        }
        const algorithm = {
            q_learning: 'tabular Q-learning',
            pqn: 'parallelised Q-learning',
        }[job.algorithm] ?? 'deep Q-learning';
        const facts = [job.environment, algorithm, `seed ${job.seed}`, `job ${job.id}`];
        setText(this.subtitle, facts.join(' · '));
        const verb = job.state === 'paused' ? 'resume' : 'pause';
        this.pause.dataset.verb = verb;
        setText(this.pause, verb === 'resume' ? 'Resume' : 'Pause');
        this.pause.title = verb === 'resume'
            ? 'Goes on, or waits for a place.' : 'Keeps its memory, and gives its place to others.';
        this.pause.hidden = this.checkpoint.hidden = this.stop.hidden = isOver;
        this.pause.disabled = this.checkpoint.disabled = job.state === 'queued';
        this.again.hidden = this.remove.hidden = !isOver;
        this.warning.hidden = job.latest.loss !== null || job.progress.gradient_updates === 0;
        const reason = job.failure ?? job.waiting_for;
        this.reason.hidden = !reason;
        this.reason.className = job.state === 'failed' ? 'failure' : 'reason';
        setText(this.reason, reason ? `${job.state}: ${reason}` : '');
    }

    async #act(verb) {
        try {
            this.feed.take(await api.change(this.feed.id, verb));
        } catch (error) {
            notify(error.message, 'error');
            this.feed.refresh().catch(() => {});
        }
    }

    async #takeCheckpoint() {
        try {
            const { version, agent_steps: steps } = await api.takeCheckpoint(this.feed.id);
            notify(`Checkpoint ${version} taken at agent step ${steps}.`);
        } catch (error) {
            notify(error.message, 'error');
        }
    }

    async #stop() {
        const consequence = 'It takes a last checkpoint and ends; it cannot go on afterwards.';
        if (await confirmation('Stop this job?', consequence, 'Stop')) await this.#act('stop');
    }

    async #remove() {
        const consequence = 'Its metrics and all its checkpoints go with it, for good.';
        if (!await confirmation('Delete this job?', consequence, 'Delete')) return;
        try {
            await api.deleteJob(this.feed.id);
            this.onGone();
        } catch (error) {
            notify(error.message, 'error');
        }
    }
}
