/** How far a job has come: a bar, and the numbers that people ask for first. */

import { element, setText } from '../element.js';
import { count, duration, measure, percent, stopwatch } from '../format.js';

const tiles = [
    ['headline', 'Mean return', 'Of the newest evaluation; of the last 100 training episodes before'],
    ['training', 'Mean of 100', 'Mean return of the last 100 training episodes'],
    ['best', 'Best', 'Of the evaluations; of training where there are none'],
    ['episodes', 'Episodes', 'Ended so far'],
    ['updates', 'Updates', 'Gradient updates made so far'],
    ['epsilon', 'ε', 'How often an action is chosen at random'],
    ['speed', 'Steps/s', 'Agent steps a second of late'],
    ['wall', 'Training time', 'In which the job was running'],
];

export class JobProgress {
    constructor() {
        this.bar = element('progress', { max: 1, value: 0, 'aria-label': 'Agent steps done' });
        this.steps = element('span', {});
        this.left = element('span', { class: 'left' });
        this.values = new Map(tiles.map(([key]) => [key, element('dd', {}, '–')]));
        this.names = new Map(tiles.map(([key, name]) => [key, element('dt', {}, name)]));
        this.element = element('section', { class: 'progress', 'aria-label': 'Progress' },
            this.bar,
            element('p', { class: 'progress-text' }, this.steps, this.left),
            element('dl', { class: 'tiles' }, tiles.map(([key, , hint]) =>
                element(
                    'div', { class: key, title: hint },
                    this.names.get(key), this.values.get(key)))));
    }

    /** @param evaluation Gives `newest` and `best`, null before the first evaluation. */
    show(job, evaluation) {
        const { progress, latest, best } = job;
        const share = Math.min(1, progress.agent_steps / job.total_agent_steps);
        this.bar.value = share;
        const [done, all] = [progress.agent_steps, job.total_agent_steps].map(count);
        setText(this.steps, `${done} of ${all} agent steps`);
        setText(this.left, [percent(share), timeLeft(job)].filter(Boolean).join(' · '));
        // What is tested without exploring says more than what is played while learning.
        const isEvaluated = evaluation.newest !== null;
        const headline = isEvaluated ? evaluation.newest : latest.mean_return_100;
        const others = [isEvaluated ? evaluation.best : headline, best?.mean_return]
            .filter(Number.isFinite);
        setText(this.names.get('headline'), isEvaluated ? 'Evaluation' : 'Mean return');
        this.names.get('training').parentElement.hidden = !isEvaluated;
        const texts = {
            headline: measure(headline),
            training: measure(latest.mean_return_100),
            best: measure(others.length > 0 ? Math.max(...others) : null),
            episodes: count(progress.episodes),
            updates: count(progress.gradient_updates),
            epsilon: measure(progress.epsilon),
            speed: measure(progress.agent_steps_per_second),
            wall: stopwatch(progress.wall_seconds),
        };
        for (const [key, text] of Object.entries(texts)) setText(this.values.get(key), text);
    }
}

function timeLeft({ state, progress, total_agent_steps: total }) {
    switch (state) {
    case 'queued': return 'waits for its turn';
    case 'paused': return 'paused';
    case 'running': {
        const speed = progress.agent_steps_per_second;
        const left = total - progress.agent_steps;
        if (left <= 0) return 'last evaluation';
        return speed > 0 ? `about ${duration(Math.ceil(left / speed))} left` : '';
    }
    // A job ends before its last step when an evaluation reaches the goal.
    case 'completed': return progress.agent_steps < total ? 'ended early, goal reached' : '';
    default: return '';
    }
}
