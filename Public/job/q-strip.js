/** The best Q-value of the last frames, with a tick wherever there was a reward. */

import { linearScale } from '../charts/scale.js';
import { paintLine, prepare } from '../charts/painting.js';
import { colorOf, element } from '../element.js';
import { measure } from '../format.js';

const length = 240;

export class QStrip {
    #moments = [];

    constructor() {
        this.canvas = element(
            'canvas', { role: 'img', 'aria-label': 'Best Q-value over the last frames' });
        this.gain = element('i', { class: 'swatch gain' });
        this.loss = element('i', { class: 'swatch cost' });
        this.line = element('i', { class: 'swatch smooth' });
        this.element = element('figure', { class: 'q-strip' },
            element('figcaption', {},
                element('span', { class: 'key' }, this.line, 'best Q-value'),
                element('span', { class: 'key' }, this.gain, 'reward'),
                element('span', { class: 'key' }, this.loss, 'penalty')),
            this.canvas);
        this.onTheme = () => this.#draw();
        document.addEventListener('themechange', this.onTheme);
    }

    close() {
        document.removeEventListener('themechange', this.onTheme);
    }

    add(value, reward) {
        this.#moments.push({ value: Number.isFinite(value) ? value : null, reward });
        if (this.#moments.length > length) this.#moments.shift();
        this.#draw();
    }

    #draw() {
        const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
        if (width === 0) return;
        const context = prepare(this.canvas, width, height);
        const values = this.#moments.map(({ value }) => value).filter((value) => value !== null);
        if (values.length === 0) return;
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const room = (high - low) * 0.1 || Math.abs(high) * 0.1 || 0.1;
        const scale = linearScale(low - room, high + room, height - 4, 4, 2);
        const pixel = (index) => 48 + ((width - 50) * index) / (length - 1);
        const points = this.#moments.map(({ value }, index) => ({ pixel: pixel(index), y: value }));
        const ink = getComputedStyle(this.canvas).color;
        context.fillStyle = ink;
        context.textAlign = 'right';
        context.textBaseline = 'middle';
        context.fillText(measure(high), 40, 9);
        context.fillText(measure(low), 40, height - 9);
        // Where every step is rewarded, ticks would tell nothing.
        const rewarded = this.#moments.filter(({ reward }) => reward).length;
        const isRare = rewarded < this.#moments.length / 2;
        for (const [index, { reward }] of this.#moments.entries()) {
            if (!reward || !isRare) continue;
            context.fillStyle = colorOf(reward > 0 ? this.gain : this.loss);
            // Gains stand on the ceiling, costs on the floor.
            context.fillRect(points[index].pixel - 1, reward > 0 ? 0 : height - 10, 2, 10);
        }
        paintLine(context, points, scale.toPixel, { color: colorOf(this.line), width: 1.5 });
    }
}
