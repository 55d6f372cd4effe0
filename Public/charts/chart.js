/** One chart: its lines, its legend with the values under the pointer, its picture. */

import { colorOf, element, setText } from '../element.js';
import { measure } from '../format.js';
import {
    paintAxes, paintBand, paintCrosshair, paintDiamonds, paintLine, paintLostValues,
    paintSelection, prepare,
} from './painting.js';
import { attachPointer } from './pointer.js';
import { axisScale, linearScale, logScale } from './scale.js';
import { columns } from './series.js';

const margins = { left: 52, right: 8, top: 8, bottom: 24 };

export class Chart {
    /** What part of the picture is being chosen with the pointer, in pixels; null for none. */
    selection = null;

    /**
     * @param plan `{name, title, hint, canBeLogarithmic?, lines: [{series, label, kind}]}`, where
     *   a line's kind is `raw` (faint, with the reach of joined points), `smooth`, `exact`, `plain`
     *   (dashed) or `marks`.
     * @param group The charts that share an axis, a crosshair and their settings.
     */
    constructor(plan, group) {
        this.plan = plan;
        this.group = group;
        this.lines = plan.lines.map((line) => ({
            ...line,
            swatch: element('i', { class: `swatch ${line.kind}`, 'aria-hidden': 'true' }),
            value: element('b', { class: 'value' }, '–'),
        }));
        this.canvas = element('canvas', {
            tabIndex: 0,
            role: 'slider',
            'aria-label': `${plan.title}: arrow keys read the values`,
            'aria-valuemin': 0,
            'aria-valuemax': 0,
            'aria-valuenow': 0,
            'aria-valuetext': 'no points yet',
        });
        this.logarithmic = element('input', {
            name: `${plan.name}-logarithmic`,
            type: 'checkbox',
            onchange: () => group.setLogarithmic(plan.name, this.logarithmic.checked),
        });
        this.empty = element('p', { class: 'no-points' }, 'no points yet');
        this.element = element(
            'figure', { class: `chart ${plan.name}` },
            element('figcaption', {},
                element('h2', { title: plan.hint }, plan.title),
                plan.canBeLogarithmic
                    && element('label', { class: 'log-switch' }, this.logarithmic, 'log'),
                element('div', { class: 'legend' }, this.lines.map(key))),
            element('div', { class: 'picture' }, this.canvas, this.empty),
        );
        attachPointer(this);
    }

    /** The curve that the crosshair jumps along. */
    get leader() {
        const curves = this.lines.map(({ series }) => this.group.series.get(series));
        return curves.find((series) => series?.x.length > 0);
    }

    draw() {
        const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
        if (width === 0) return;
        const area = {
            left: margins.left,
            right: width - margins.right,
            top: margins.top,
            bottom: height - margins.bottom,
        };
        const context = prepare(this.canvas, width, height);
        this.logarithmic.checked = this.group.isLogarithmic(this.plan.name);
        this.empty.hidden = this.leader !== undefined;
        this.#fillLayers(area);
        this.#tellValues();
        if (!this.leader) return;

        const yScale = this.#yScale(area);
        const style = getComputedStyle(this.canvas);
        // The canvas carries the theme's colours in properties that it has no other use for.
        const colors = {
            ink: style.color,
            grid: style.borderTopColor,
            paper: style.backgroundColor,
        };
        paintAxes(context, area, this.xScale, yScale, colors);
        context.save();
        context.beginPath();
        context.rect(area.left, area.top - 6, area.right - area.left, area.bottom - area.top + 12);
        context.clip();
        for (const layer of this.layers) this.#paint(context, layer, yScale, area, colors);
        if (this.selection) paintSelection(context, area, ...this.selection, colors.ink);
        context.restore();
        // Marks at either end are whole.
        for (const { columns, color } of this.layers.filter(({ kind }) => kind === 'marks')) {
            paintDiamonds(context, columns, area, yScale.toPixel, { color, paper: colors.paper });
        }
        this.#paintCrosshair(context, area, yScale, colors);
    }

    #fillLayers(area) {
        const { low, high } = this.group.domain();
        this.xScale = axisScale(this.group.axis, low, high, area.left, area.right);
        this.area = area;
        this.layers = this.lines.map((line) => {
            const series = this.group.series.get(line.series);
            const color = colorOf(line.swatch);
            if (!series) return { ...line, series: null, y: [], columns: [], color };
            const y = line.kind === 'smooth' ? series.smoothed : series.y;
            const reach = line.kind === 'raw' ? series : { min: y, max: y };
            const curve = { x: series.x, y, min: reach.min, max: reach.max };
            const drawn = columns(curve, this.xScale.toPixel, low, high);
            return { ...line, series, y, columns: drawn, color };
        });
    }

    #yScale(area) {
        const isLogarithmic = this.group.isLogarithmic(this.plan.name);
        const values = [];
        for (const { columns } of this.layers) {
            for (const { pixel, min, max } of columns) {
                if (min === null || pixel < area.left - 1 || pixel > area.right + 1) continue;
                values.push(min, max);
            }
        }
        const usable = values.filter((value) => !isLogarithmic || value > 0).sort((a, b) => a - b);
        // Exact curves have no outliers.
        const isMeasured = this.plan.lines.some(({ kind }) => kind === 'raw');
        const share = this.group.ignoresOutliers && isMeasured ? 0.02 : 0;
        let low = usable[Math.floor(share * (usable.length - 1))] ?? (isLogarithmic ? 0.1 : 0);
        let high = usable[Math.ceil((1 - share) * (usable.length - 1))] ?? 1;
        if (isLogarithmic) {
            const room = Math.max(1.05, (high / low) ** 0.05);
            return logScale(low / room, high * room, area.bottom, area.top);
        }
        const room = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 0.5;
        const tickCount = Math.max(3, Math.floor((area.bottom - area.top) / 36));
        return linearScale(low - room, high + room, area.bottom, area.top, tickCount);
    }

    #paint(context, { kind, columns, color }, { toPixel }, area, { ink }) {
        switch (kind) {
        case 'raw':
            paintBand(context, columns, toPixel, color, 0.16);
            paintLine(context, columns, toPixel, { color, width: 1, alpha: 0.4 });
            paintLostValues(context, columns, area.bottom, ink);
            break;
        case 'smooth':
        case 'exact':
            paintLine(context, columns, toPixel, { color, width: 2 });
            break;
        case 'plain':
            paintLine(context, columns, toPixel, { color, width: 1.5, dash: [5, 3] });
            break;
        case 'marks':
            paintLine(context, columns, toPixel, { color, width: 1, alpha: 0.6 });
            break;
        }
    }

    #paintCrosshair(context, area, yScale, colors) {
        const at = this.group.crosshair;
        if (at === null) return;
        const x = this.xScale.toPixel(at);
        if (x < area.left - 1 || x > area.right + 1) return;
        const lines = this.layers.filter(({ kind, series }) => kind !== 'raw' && series);
        const dots = lines.map(({ series, y, color }) => {
            const index = series.nearest(at);
            return {
                pixel: this.xScale.toPixel(series.x[index]),
                y: y[index] === null ? NaN : yScale.toPixel(y[index]),
                color,
            };
        });
        const isInside = ({ pixel, y }) => pixel >= area.left - 1 && pixel <= area.right + 1
            && y >= area.top - 1 && y <= area.bottom + 1;
        paintCrosshair(context, area, x, dots.filter(isInside), colors);
    }

    /** The values under the crosshair, or the newest. */
    #tellValues() {
        const at = this.group.crosshair;
        for (const { series, y, value } of this.layers) {
            const index = at === null || !series ? y.length - 1 : series.nearest(at);
            setText(value, measure(y[index]));
        }
    }

    /** What the crosshair says, for those who listen. */
    describe() {
        const leader = this.leader;
        if (!leader) return;
        this.#tellValues();
        const values = this.lines.map(({ label, value }) => `${label} ${value.textContent}`);
        const now = leader.nearest(this.group.crosshair ?? Infinity);
        this.canvas.setAttribute('aria-valuemax', leader.x.length - 1);
        this.canvas.setAttribute('aria-valuenow', now);
        this.canvas.setAttribute(
            'aria-valuetext', `${this.group.describePosition()}: ${values.join(', ')}`);
    }
}

/** A line's entry in the legend. */
function key({ label, swatch, value }) {
    return element(
        'span', { class: 'key', title: label },
        swatch, element('span', { class: 'line-name' }, label), value);
}
