/** Axes: where values lie in pixels, and which of them get a label. */

import { stopwatch, tick } from '../format.js';

/** Seconds between ticks that people count in. */
const timeSteps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400,
];

/** The nicest step that makes about `count` of `span`: 1, 2 or 5 times a power of ten. */
function niceStep(span, count) {
    const power = 10 ** Math.floor(Math.log10(span / count));
    return power * [1, 2, 5, 10].find((factor) => power * factor * count >= span * 0.75);
}

function multiples(step, low, high) {
    const ticks = [];
    // A tick that rounding moves past an end still counts.
    const last = Math.floor(high / step + 1e-9);
    for (let index = Math.ceil(low / step - 1e-9); index <= last; index += 1) {
        ticks.push(index * step);
    }
    return ticks;
}

/** Ticks whose labels share one unit. */
function labelled(values, step) {
    const largest = Math.max(...values.map(Math.abs));
    return values.map((value) => ({ value, label: tick(value, step, largest) }));
}

/** Values in proportion. */
export function linearScale(low, high, fromPixel, toPixel, tickCount) {
    const step = niceStep(high - low, tickCount);
    return {
        low,
        high,
        toPixel: (value) => fromPixel + ((value - low) / (high - low)) * (toPixel - fromPixel),
        toValue: (pixel) => low + ((pixel - fromPixel) / (toPixel - fromPixel)) * (high - low),
        ticks: labelled(multiples(step, low, high), step),
    };
}

/** Values by their logarithm; both ends above 0. */
export function logScale(low, high, fromPixel, toPixel) {
    const inner = linearScale(Math.log10(low), Math.log10(high), fromPixel, toPixel, 4);
    const powers = multiples(1, inner.low, inner.high);
    const every = Math.ceil(powers.length / 4);
    // Within one power of ten, ticks lie as on a scale in proportion.
    const ticks = powers.length < 2
        ? linearScale(low, high, fromPixel, toPixel, 4).ticks.filter(({ value }) => value > 0)
        : powers.filter((_, index) => index % every === 0)
            .map((power) => ({ value: 10 ** power, label: powerLabel(power, inner) }));
    return {
        low,
        high,
        toPixel: (value) => (value > 0 ? inner.toPixel(Math.log10(value)) : NaN),
        toValue: (pixel) => 10 ** inner.toValue(pixel),
        ticks,
    };
}

/** A power of ten in full where all on the axis are short enough, else as 1e7. */
function powerLabel(power, { low, high }) {
    if (low < -4 || high >= 6) return `1e${power}`;
    return power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power);
}

/** The horizontal axis: counts, or seconds in the steps that people count them in. */
export function axisScale(axis, low, high, fromPixel, toPixel) {
    const tickCount = Math.max(3, Math.floor((toPixel - fromPixel) / 80));
    const scale = linearScale(low, high, fromPixel, toPixel, tickCount);
    if (axis !== 'wall_seconds' || high - low < 5) {
        scale.ticks = scale.ticks.map(({ value, label }) => ({
            value,
            label: axis === 'wall_seconds' ? `${label} s` : label,
        }));
        return scale;
    }
    const span = high - low;
    const step = timeSteps.find((candidate) => span / candidate <= tickCount)
        ?? niceStep(span, tickCount);
    const values = multiples(step, low, high);
    // Hours where all are whole ones, otherwise as a clock counts.
    const isWhole = values.every((value) => value % 3600 === 0);
    const label = (value) => (isWhole ? `${value / 3600} h` : stopwatch(value));
    scale.ticks = values.map((value) => ({ value, label: value === 0 ? '0' : label(value) }));
    return scale;
}
