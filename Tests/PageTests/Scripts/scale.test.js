import assert from 'node:assert/strict';
import test from 'node:test';
import { axisScale, linearScale, logScale } from '../Public/charts/scale.js';

const labels = ({ ticks }) => ticks.map(({ label }) => label);

test('ticks lie at round values inside the scale', () => {
    for (const [low, high] of [[0, 1], [-1, 1], [0.0123, 0.0131], [-5e6, 3e7], [1e-9, 2e-9], [499, 501]]) {
        const { ticks } = linearScale(low, high, 0, 100, 4);
        assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} ticks for ${low} to ${high}`);
        const room = (high - low) * 1e-6;
        for (const { value } of ticks) assert.ok(value >= low - room && value <= high + room, `${value}`);
        assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length, `labels of ${low} to ${high}`);
    }
});

test('pixels and values are each other’s inverse', () => {
    for (const scale of [linearScale(-2, 7, 300, 10, 5), logScale(1e-5, 40, 300, 10)]) {
        for (const pixel of [10, 77, 300]) assert.ok(Math.abs(scale.toPixel(scale.toValue(pixel)) - pixel) < 1e-9);
    }
});

test('a logarithmic scale has powers of ten, and no place for what is not above 0', () => {
    const scale = logScale(0.004, 30, 100, 0);
    assert.deepEqual(labels(scale), ['0.01', '0.1', '1', '10']);
    assert.ok(Number.isNaN(scale.toPixel(0)));
    assert.ok(Number.isNaN(scale.toPixel(-1)));
    assert.ok(labels(logScale(0.02, 0.06, 100, 0)).length >= 2);
});

test('wall time counts in minutes and hours', () => {
    assert.deepEqual(labels(axisScale('wall_seconds', 0, 600, 0, 400)), ['0', '2:00', '4:00', '6:00', '8:00', '10:00']);
    assert.deepEqual(labels(axisScale('wall_seconds', 0, 18_000, 0, 400)), ['0', '1 h', '2 h', '3 h', '4 h', '5 h']);
    assert.deepEqual(labels(axisScale('agent_steps', 0, 20_000, 0, 400)), ['0', '5k', '10k', '15k', '20k']);
});
