/** The charts of a job: one axis, one crosshair, one closer look for all of them. */

import { button, element, setText } from '../element.js';
import { count, stopwatch } from '../format.js';
import { adjust, current } from '../view-state.js';
import { Chart } from './chart.js';

const axes = {
    agent_steps: 'agent steps',
    gradient_updates: 'gradient updates',
    episodes: 'episodes',
    wall_seconds: 'wall time',
    environment_frames: 'environment frames',
};

const raw = (series, label = 'raw') => [
    { series, label, kind: 'raw' },
    { series, label: 'smoothed', kind: 'smooth' },
];

const plans = [
    {
        name: 'return',
        title: 'Return',
        hint: 'Sum of the rewards of an episode, uncut',
        lines: [
            ...raw('episode_return', 'episode'),
            { series: 'mean_return_100', label: 'mean of 100', kind: 'plain' },
            { series: 'evaluation_return', label: 'evaluation', kind: 'marks' },
        ],
    },
    {
        name: 'loss',
        title: 'Loss',
        hint: 'Mean loss of a transition',
        canBeLogarithmic: true,
        lines: raw('loss'),
    },
    {
        name: 'mean_q',
        title: 'Mean Q',
        hint: 'Mean of max Q(s, a) over the batches',
        lines: raw('mean_q'),
    },
    {
        name: 'td_error',
        title: 'TD error',
        hint: 'Mean size of the temporal-difference error',
        canBeLogarithmic: true,
        lines: raw('td_error'),
    },
    {
        name: 'epsilon',
        title: 'Exploration ε',
        hint: 'How often an action is chosen at random',
        lines: [{ series: 'epsilon', label: 'ε', kind: 'exact' }],
    },
    {
        name: 'speed',
        title: 'Speed',
        hint: 'Agent steps a second',
        canBeLogarithmic: true,
        lines: raw('agent_steps_per_second'),
    },
    {
        name: 'length',
        title: 'Episode length',
        hint: 'Agent steps of an episode',
        lines: raw('episode_length'),
    },
];

export class ChartGroup {
    /** The curves by name. */
    series = new Map();
    /** What the curves were fetched for, `{axis, range}`; null before the first of them. */
    shown = null;
    /** Whether other curves are being fetched; these stay until then. */
    isLoading = false;
    /** Where values are read, on the axis; null for nowhere. */
    crosshair = null;
    #isDrawPlanned = false;
    #lastDraw = 0;

    constructor() {
        this.charts = plans.map((plan) => new Chart(plan, this));
        this.axisChoice = element(
            'select',
            {
                name: 'axis',
                onchange: () => adjust({ x: this.axisChoice.value, from: '', to: '' }),
            },
            Object.entries(axes).map(([value, name]) => element('option', { value }, name)));
        this.smoothingChoice = element('input', {
            name: 'smoothing', type: 'range', min: 0, max: 0.99, step: 0.01,
            oninput: () => adjust({ smoothing: Number(this.smoothingChoice.value) }),
        });
        this.smoothingValue = element('output', {});
        this.outlierChoice = element('input', {
            name: 'outliers',
            type: 'checkbox',
            onchange: () => adjust({ outliers: this.outlierChoice.checked ? 'ignored' : 'shown' }),
        });
        this.resetButton = button('Whole run', () => this.setRange(null), { class: 'quiet reset' });
        this.position = element('span', { class: 'position' });
        this.toolbar = element(
            'div', { class: 'chart-tools', role: 'group', 'aria-label': 'Charts' },
            element('label', {}, 'Along ', this.axisChoice),
            element('label', {}, 'Smoothing ', this.smoothingChoice, this.smoothingValue),
            element('label', {}, this.outlierChoice, 'Ignore outliers'),
            this.position,
            this.resetButton);
        this.sizes = new ResizeObserver(() => this.invalidate());
        for (const chart of this.charts) this.sizes.observe(chart.canvas);
        this.onTheme = () => this.invalidate();
        document.addEventListener('themechange', this.onTheme);
        this.refresh();
    }

    close() {
        this.sizes.disconnect();
        document.removeEventListener('themechange', this.onTheme);
    }

    /** The axis that was asked for, and the one of the curves that are here. */
    get wantedAxis() { return axes[current().x] ? current().x : 'agent_steps'; }
    get axis() { return this.shown?.axis ?? this.wantedAxis; }
    get smoothing() { return current().smoothing; }
    get ignoresOutliers() { return current().outliers === 'ignored'; }
    isLogarithmic(name) { return current().log.split(',').includes(name); }

    setLogarithmic(name, isLogarithmic) {
        const names = current().log.split(',').filter((other) => other && other !== name);
        adjust({ log: [...names, ...(isLogarithmic ? [name] : [])].join(',') });
    }

    /** The part of the axis in view that was asked for, `{from, to}`; null for all of it. */
    get range() {
        const [from, to] = [Number(current().from), Number(current().to)];
        return current().from !== '' && current().to !== '' && from < to ? { from, to } : null;
    }

    setRange(range) {
        const isCount = this.axis !== 'wall_seconds';
        const text = (x) => String(isCount ? Math.round(x) : Number(x.toPrecision(8)));
        adjust(range ? { from: text(range.from), to: text(range.to) } : { from: '', to: '' });
    }

    /** The part of the axis in view. */
    domain() {
        const range = this.shown ? this.shown.range : this.range;
        if (range) return { low: range.from, high: range.to };
        let [low, high] = [Infinity, -Infinity];
        for (const { x } of this.series.values()) {
            if (x.length === 0) continue;
            low = Math.min(low, x[0]);
            high = Math.max(high, x.at(-1));
        }
        if (!Number.isFinite(low)) low = 0;
        return { low, high: high > low ? high : low + 1 };
    }

    setCrosshair(x) {
        this.crosshair = x;
        this.invalidate();
    }

    describePosition() {
        if (this.isLoading) return 'loading…';
        if (this.crosshair === null) return '';
        const text = this.axis === 'wall_seconds' ? stopwatch : count;
        return `${axes[this.axis]}: ${text(this.crosshair)}`;
    }

    /** Shows the settings of the address. */
    refresh() {
        this.axisChoice.value = this.wantedAxis;
        for (const series of this.series.values()) series.smooth(this.smoothing);
        this.smoothingChoice.value = this.smoothing;
        this.smoothingValue.value = this.smoothing.toFixed(2);
        this.outlierChoice.checked = this.ignoresOutliers;
        this.resetButton.disabled = this.range === null;
        this.invalidate();
    }

    /** New points came: drawn a few times a second at most, an idle page stays idle. */
    grow() {
        if (performance.now() - this.#lastDraw > 200) this.invalidate();
        else this.growth ??= setTimeout(() => this.invalidate(), 200);
    }

    invalidate() {
        if (this.#isDrawPlanned) return;
        this.#isDrawPlanned = true;
        requestAnimationFrame(() => {
            clearTimeout(this.growth);
            this.growth = undefined;
            this.#isDrawPlanned = false;
            this.#lastDraw = performance.now();
            setText(this.position, this.describePosition());
            for (const chart of this.charts) chart.draw();
        });
    }
}
