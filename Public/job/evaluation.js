/** How well the policy plays when it is tested: the newest result, and what was aimed at. */

import * as api from '../api.js';
import { element, setText } from '../element.js';
import { count, measure } from '../format.js';
import { oneAtATime } from '../one-at-a-time.js';
import { isEnd } from '../state-label.js';

export class EvaluationResult {
    /** The results as the record has them: agent steps and mean returns. */
    #results = { x: [], y: [] };
    refresh = oneAtATime(async () => {
        const { series } = await api.metrics(this.job, { names: 'evaluation_return' });
        this.#results = series[0] ?? this.#results;
    });

    constructor(job) {
        this.job = job;
        this.mean = element('strong', {});
        this.text = element('span', {});
        this.element = element(
            'p', { class: 'evaluation-result', role: 'status', 'aria-label': 'Evaluation' },
            this.mean, this.text);
    }

    /** The mean return of the newest evaluation; null before the first. */
    get newest() { return this.#results.y.at(-1) ?? null; }

    /** The mean return of the best evaluation; null before the first. */
    get best() {
        const known = this.#results.y.filter((value) => value !== null);
        return known.length > 0 ? Math.max(...known) : null;
    }

    /** The mean return of the evaluation at an agent step; null where there was none. */
    at(agentSteps) {
        return this.#results.y[this.#results.x.indexOf(agentSteps)] ?? null;
    }

    show({ evaluation: plan, state, progress }) {
        this.element.hidden = plan === null;
        if (plan === null) return;
        const { x, y } = this.#results;
        const mean = y.at(-1) ?? null;
        const goal = plan.stop_at_mean_return;
        const isReached = goal !== null && mean !== null && mean >= goal;
        this.element.classList.toggle('reached', isReached);
        setText(this.mean, mean === null ? 'Evaluation' : measure(mean));
        setText(this.text, mean === null
            ? firstResult(plan, state, progress)
            : `mean return over ${count(plan.episodes)} evaluation episodes `
                + `at ε\u00a0=\u00a0${plan.epsilon}, agent step ${count(x.at(-1))}`
                + goalText(goal, isReached));
    }
}

function goalText(goal, isReached) {
    if (goal === null) return '';
    return isReached ? ` · goal of ${measure(goal)} reached ✓` : ` · goal ${measure(goal)}`;
}

function firstResult({ every_agent_steps: period, episodes }, state, progress) {
    if (isEnd(state)) return 'none: the job ended before the first';
    return progress.agent_steps < period
        ? `the first, over ${count(episodes)} episodes, comes at agent step ${count(period)}`
        : `the first, over ${count(episodes)} episodes, is under way`;
}
