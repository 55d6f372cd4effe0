/** The place of one job: how it stands, its curves, what its agent sees, what can be done. */

import { ChartGroup } from '../charts/chart-group.js';
import { announce, element } from '../element.js';
import { isEnd } from '../state-label.js';
import { current, onChange } from '../view-state.js';
import { AgentView } from './agent-view.js';
import { CheckpointList } from './checkpoint-list.js';
import { EvaluationResult } from './evaluation.js';
import { EventLog, lineLimit } from './event-log.js';
import { JobFeed } from './feed.js';
import { JobHeader } from './header.js';
import { parameterTable } from './parameters.js';
import { PlayerList } from './player-list.js';
import { JobProgress } from './progress.js';
import { QTable } from './q-table.js';
import { snippets } from './snippets.js';

export class JobView {
    /**
     * @param id The job.
     * @param onStatus Takes whether it is watched live.
     * @param onGone Called where there is no such job, or no longer.
     */
    constructor(id, environments, { onStatus, onGone, onJob }) {
        this.onStatus = onStatus;
        this.onGone = onGone;
        this.onJob = onJob;
        this.environments = environments;
        this.charts = new ChartGroup();
        const group = this.charts;
        const settings = { 
            get axis() { return group.wantedAxis; },
            get range() { return group.range; },
            get smoothing() { return group.smoothing; },
        };
        this.feed = new JobFeed(id, settings, this);
        this.header = new JobHeader(this.feed, onGone);
        this.progress = new JobProgress();
        this.evaluation = new EvaluationResult(id);
        this.log = new EventLog();
        /** Events for the next frame. */
        this.logged = [];
        this.checkpoints = new CheckpointList(
            id,
            (steps) => this.evaluation.at(steps),
            (checkpoints) => this.log.addRecorded(this.feed.job, checkpoints));
        this.snippets = element('section', { class: 'card snippets' });
        this.element = element(
            'article', { class: 'job', 'aria-busy': 'true' },
            element('p', { class: 'waiting' }, 'Fetching the job…'));
        this.shown = settingsKey();
        this.forget = onChange(() => this.#settingsChanged());
        this.looking = setInterval(() => this.#look(), 3000);
        this.#begin();
    }

    get id() { return this.feed.id; }

    close() {
        clearTimeout(this.retry);
        clearTimeout(this.refreshing);
        clearTimeout(this.refreshingResults);
        clearInterval(this.looking);
        this.forget();
        this.feed.stop();
        this.charts.close();
        this.agent?.close();
    }

    async #begin() {
        try {
            await this.feed.start();
        } catch (error) {
            this.element.replaceChildren(element('p', { class: 'waiting' }, error.message));
            this.onStatus(error.isPassing ? 'reconnecting' : 'ended');
            // Where the server is away or busy, its answer is waited for.
            if (error.isPassing) this.retry = setTimeout(() => this.#begin(), 2000);
            return;
        }
        this.checkpoints.refresh();
        this.#refreshEvaluation();
    }

    /** The page of the job, made when it is known what kind of job it is. */
    #build(job) {
        const isTable = job.algorithm === 'q_learning';
        this.agent = isTable
            ? new QTable(job)
            : new AgentView((isOpen) => { this.feed.wantsFrames = isOpen; });
        this.feed.wantsFrames = !isTable;
        if (job.environment === 'client') this.players = new PlayerList(job.id);
        this.players?.refresh();
        const [returns, ...others] = this.charts.charts;
        this.element.replaceChildren(
            this.header.element,
            this.progress.element,
            this.evaluation.element,
            this.charts.toolbar,
            element('div', { class: 'stage' }, returns.element, this.agent.element),
            element('div', { class: 'small-charts' }, others.map((chart) => chart.element)),
            ...(this.players ? [this.players.element] : []),
            element('div', { class: 'facts' },
                this.checkpoints.element,
                this.log.element,
                parameterTable(job),
                this.snippets),
        );
        this.element.removeAttribute('aria-busy');
    }

    /** The document changes once a frame at most, however much comes in between. */
    jobChanged() {
        if (this.isPlanned) return;
        this.isPlanned = true;
        const later = document.hidden ? (body) => setTimeout(body, 200) : requestAnimationFrame;
        later(() => {
            this.isPlanned = false;
            if (this.feed.listener) this.#render();
        });
    }

    #render() {
        const { job } = this.feed;
        if (!this.agent) this.#build(job);
        this.header.show(job);
        this.progress.show(job, this.evaluation);
        this.evaluation.show(job);
        if (this.isEvaluationNew) this.checkpoints.redraw();
        this.isEvaluationNew = false;
        this.#showSnippets(job);
        this.agent.show(job, isEnd(job.state));
        for (const [name, data] of this.logged.splice(0)) this.log.add(name, data);
        this.onJob(job);
    }

    #environment(job) {
        return this.environments.find(({ id }) => id === job.environment);
    }

    /** What can be asked of a job is another thing when it has ended. */
    #showSnippets(job) {
        if (this.snippets.dataset.state === job.state) return;
        this.snippets.dataset.state = job.state;
        this.snippets.replaceChildren(...snippets(job, this.#environment(job)));
    }

    seriesChanged() {
        this.charts.series = this.feed.series;
        this.charts.shown = this.feed.shown;
        this.charts.grow();
    }

    frameCame(view) {
        this.agent?.showFrame?.(view);
    }

    loadingChanged() {
        this.charts.isLoading = this.feed.isLoading;
        this.charts.invalidate();
    }

    eventCame(name, data) {
        if (name !== 'episode' && name !== 'metrics') this.logged.push([name, data]);
        if (this.logged.length > lineLimit) this.logged.shift();
        this.jobChanged();
        if (name === 'checkpoint' || name === 'evaluation') this.#refreshResultsSoon();
        if (name === 'state' && data.state === this.feed.job.state) {
            announce(`${this.feed.job.name} is ${data.state}`);
        }
        // What the record holds beyond the events: the best so far, the time of the end.
        if (name === 'state' || name === 'checkpoint') this.#refreshSoon();
    }

    statusChanged(status) {
        const isOver = this.feed.job && isEnd(this.feed.job.state);
        this.onStatus(status === 'ended' || isOver ? 'ended' : status);
    }

    async #refreshEvaluation() {
        await this.evaluation.refresh();
        this.isEvaluationNew = true;
        if (this.feed.job) this.jobChanged();
    }

    /** Not all is an event: what a job waits for, or that a full disk takes no events. */
    #look() {
        const { job } = this.feed;
        if (!job || isEnd(job.state) || document.hidden) return;
        this.feed.refresh().catch(() => {});
        this.players?.refresh();
    }

    #refreshSoon() {
        this.refreshing ??= setTimeout(() => {
            this.refreshing = undefined;
            this.feed.refresh().catch(() => {});
        }, 300);
    }

    /** A quick job has hundreds of them a second. */
    #refreshResultsSoon() {
        this.refreshingResults ??= setTimeout(() => {
            this.refreshingResults = undefined;
            this.checkpoints.refresh();
            this.#refreshEvaluation();
        }, 300);
    }

    #settingsChanged() {
        this.charts.refresh();
        if (this.shown === settingsKey()) return;
        this.shown = settingsKey();
        this.feed.reload().catch(() => {});
    }
}

/** The settings that other curves must be fetched for. */
const settingsKey = () => {
    const { x, from, to, smoothing } = current();
    return [x, from, to, smoothing].join(' ');
};
