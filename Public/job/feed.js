/** All that is known of one job, and stays known: what was recorded, then what happens. */

import * as api from '../api.js';
import { Series } from '../charts/series.js';
import { EventStream } from '../events.js';
import { isEnd } from '../state-label.js';

/** Points of a curve that are asked for, and that may come on top before they are joined anew. */
const pointLimit = 1000;
const appendLimit = 3000;
const reloadInterval = 10_000;
/** Between events that were left out and the curves with their points, in milliseconds. */
const gapInterval = 1500;
/** Events of before that are shown in the log. */
const logLength = 300;

const positions = [
    'agent_steps', 'environment_frames', 'gradient_updates', 'episodes', 'wall_seconds',
];

export class JobFeed {
    /** The job as the server tells it, kept up to date by its events; null until it is known. */
    job = null;
    /** The curves by name, along the axis that is asked for. */
    series = new Map();
    /** What these curves were fetched for, `{axis, range, smoothing}`. */
    shown = null;
    /** Whether other curves are being fetched. */
    isLoading = false;
    #stream = null;
    #generation = 0;
    /** Events that come while the curves are being fetched. */
    #waiting = null;
    /** Up to this agent step all is in the curves as they were fetched. */
    #known = 0;
    #lastReload = 0;
    #wantsFrames = true;
    /** The last event that is not wanted any more. */
    #position = 0;
    /** The last event that came on this stream; null before the first. */
    #heard = null;
    /** Whether the curves are not those that were asked for. */
    #isStale = false;

    /**
     * @param id The job.
     * @param settings Gives `{axis, range, smoothing}`: what curves are laid out along, what of it,
     *   and the weight that they are smoothed with.
     * @param listener Has `jobChanged()`, `seriesChanged()`, `frameCame(view)`,
     *   `eventCame(name, data)`, `statusChanged(status)`.
     */
    constructor(id, settings, listener) {
        this.id = id;
        this.settings = settings;
        this.listener = listener;
        // A page that nobody sees gives its connection back: browsers have six for all its tabs.
        this.onVisibility = () => {
            if (document.hidden) this.#closeStream();
            else this.start().catch(() => this.#openStream());
        };
        document.addEventListener('visibilitychange', this.onVisibility);
        this.onOnline = () => this.#stream?.hurry();
        window.addEventListener('online', this.onOnline);
    }

    /** Fetches what was and follows what comes; throws where there is no such job. */
    async start() {
        do {
            await this.reload();
        } while (this.listener && !this.job);
        if (!this.listener) return;
        // The records tell all of a job that has ended.
        if (isEnd(this.job.state)) return this.listener.statusChanged('ended');
        this.#position = Math.max(this.#position, eventCount(this.job) - logLength);
        this.#openStream();
    }

    stop() {
        this.#generation += 1;
        this.#closeStream();
        clearTimeout(this.gap);
        document.removeEventListener('visibilitychange', this.onVisibility);
        window.removeEventListener('online', this.onOnline);
        this.listener = null;
    }

    /** Pictures cost the job a little time, so they come only while someone looks at them. */
    set wantsFrames(wanted) {
        if (this.#wantsFrames === wanted) return;
        this.#wantsFrames = wanted;
        if (this.#stream) this.#openStream();
    }

    /** Takes the job as the server has just told it. */
    take(job) {
        if (!this.listener) return;
        this.job = job;
        this.listener.jobChanged();
    }

    /** Fetches the job again, for what its events do not tell. */
    async refresh() {
        this.take(await api.job(this.id));
    }

    /** Fetches the curves, for another axis or another part of it. */
    async reload() {
        this.#generation += 1;
        const generation = this.#generation;
        this.#waiting ??= [];
        this.#lastReload = performance.now();
        this.#setLoading(true);
        try {
            const { axis, range, smoothing } = this.settings;
            const job = await api.job(this.id);
            // What comes later than the job's own numbers will come as events; points are recorded
            // to the millisecond.
            const newest = Math.ceil(job.progress[axis] * 1000) / 1000;
            const end = Math.min(newest, range?.to ?? Infinity);
            const query = { x: axis, max_points: pointLimit, to: end };
            if (smoothing !== undefined) query.smoothing = smoothing;
            // A range that the job has yet to reach is empty, but no fault.
            if (range) query.from = Math.min(range.from, end);
            const { series } = await api.metrics(this.id, query);
            if (generation !== this.#generation) return;
            this.job = job;
            this.#known = job.progress.agent_steps;
            this.shown = { axis, range, smoothing };
            this.series = new Map(series.map((curve) =>
                [curve.name, new Series(curve, smoothing)]));
            this.#isStale = false;
        } catch (error) {
            this.#isStale = true;
            throw error;
        } finally {
            if (generation === this.#generation) {
                this.#setLoading(false);
                const waiting = this.#waiting;
                this.#waiting = null;
                for (const { name, data } of waiting) this.#append(name, data);
            }
        }
        this.listener.jobChanged();
        this.listener.seriesChanged();
    }

    #openStream() {
        this.#closeStream();
        if (document.hidden || !this.listener) return;
        const frames = this.#wantsFrames ? '&frames=1' : '';
        const path = `/v1/jobs/${this.id}/events?coalesce=1${frames}`;
        this.#heard = null;
        this.#stream = new EventStream(path, {
            after: this.#position,
            onEvent: (event) => this.#hear(event),
            onStatus: (status) => {
                if (status === 'live' && this.#isStale) this.#reloadQuietly();
                this.listener?.statusChanged(status);
            },
        });
    }

    #closeStream() {
        this.#position = this.#stream?.position ?? this.#position;
        this.#stream?.stop();
        this.#stream = null;
    }

    #hear({ id, name, data }) {
        if (!this.listener) return;
        if (name === 'frame') return this.listener.frameCame(data);
        if (name === 'rewind') return this.#goBack(id, data);
        // The points of events that were left out are fetched, a little later for all of them.
        if (this.#heard !== null && id > this.#heard + 1) {
            this.gap ??= setTimeout(() => {
                this.gap = undefined;
                this.#reloadQuietly();
            }, gapInterval);
        }
        this.#heard = id;
        if (this.#waiting) this.#waiting.push({ name, data });
        else this.#append(name, data);
        if (data.agent_steps >= this.job.progress.agent_steps) this.#advance(name, data);
        this.listener.eventCame(name, data);
        this.listener.seriesChanged();
    }

    /** Forgets what a job that went on from a snapshot had told of later moments. */
    #goBack(id, data) {
        this.#heard = id;
        this.#known = Math.min(this.#known, data.agent_steps);
        if (this.#waiting) this.#waiting = [];
        for (const position of positions) this.job.progress[position] = data[position];
        const { axis } = this.shown ?? this.settings;
        for (const series of this.series.values()) series.cut(data[axis]);
        this.listener.jobChanged();
        this.listener.eventCame('rewind', data);
        this.listener.seriesChanged();
        this.#reloadQuietly();
    }

    /** Brings the job up to what an event tells. */
    #advance(name, data) {
        const { progress, latest } = this.job;
        for (const position of positions) progress[position] = data[position];
        if (name === 'episode') latest.episode_return = data.episode_return;
        if (name === 'metrics') {
            for (const [values, names] of [
                [latest, ['mean_return_100', 'loss', 'mean_q']],
                [progress, ['epsilon', 'agent_steps_per_second']],
            ]) {
                for (const key of names) values[key] = key in data ? data[key] : values[key];
            }
        }
        if (name === 'state') {
            this.job.state = data.state;
            this.job.failure = data.reason;
            this.job.waiting_for = null;
        }
        this.listener.jobChanged();
    }

    #append(name, data) {
        const steps = data.agent_steps;
        if (steps < this.#known) return;
        const { axis, range, smoothing } = this.shown ?? this.settings;
        const x = data[axis];
        if (range && x > range.to) return;
        for (const [metric, value] of Object.entries(metricsOf(name, data))) {
            if (!this.series.has(metric)) {
                this.series.set(metric, new Series({}, smoothing));
            }
            const series = this.series.get(metric);
            if (steps === this.#known && series.x.at(-1) === x) continue;
            series.append(x, value);
            const isDue = performance.now() - this.#lastReload > reloadInterval;
            if (series.appendedCount > appendLimit && isDue) this.#reloadQuietly();
        }
    }

    #setLoading(isLoading) {
        this.isLoading = isLoading;
        this.listener?.loadingChanged?.();
    }

    /** What was there stays where the server does not answer; it is fetched when it is back. */
    #reloadQuietly() {
        this.reload().catch(() => {});
    }
}

/**
 * How many events a job has had, or a few fewer: the stream is read from there on. Every episode
 * and every point of the metrics is an event.
 */
function eventCount({ progress, metrics_every_agent_steps: period }) {
    return progress.episodes + Math.floor(progress.agent_steps / period);
}

/** The numbers of an event that belong to curves. */
function metricsOf(name, data) {
    switch (name) {
    case 'metrics': {
        const { time, ...numbers } = data;
        for (const position of positions) delete numbers[position];
        return numbers;
    }
    case 'episode':
        return { episode_return: data.episode_return, episode_length: data.episode_length };
    case 'evaluation':
        return { evaluation_return: data.evaluation_return };
    default:
        return {};
    }
}
