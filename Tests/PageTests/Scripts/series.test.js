import assert from 'node:assert/strict';
import test from 'node:test';
import { Series, columns, smoothed } from '../Public/charts/series.js';

const close = (got, wanted) => {
    assert.equal(got.length, wanted.length);
    got.forEach((value, index) => assert.ok(Math.abs(value - wanted[index]) < 1e-12, `${value} is not ${wanted[index]}`));
};

test('the moving average is divided by the share of what it has seen', () => {
    // By hand: 0.5·0 + 0.5·1 = 0.5, over 1 − 0.5; then 0.5·0.5 + 0.5·3 = 1.75, over 1 − 0.25.
    close(smoothed([1, 3], 0.5), [1, 1.75 / 0.75]);
    close(smoothed([2, 4, 8], 0.9), [2, (0.9 * 0.2 + 0.4) / 0.19, (0.9 * 0.58 + 0.8) / 0.271]);
});

test('what is no number passes through and does not count', () => {
    const [first, gap, last] = smoothed([1, null, 3], 0.5);
    assert.equal(gap, null);
    close([first, last], smoothed([1, 3], 0.5));
});

test('a constant series, no weight and no points stay as they are', () => {
    assert.deepEqual(smoothed([4, null, 4], 0.99), [4, null, 4]);
    assert.deepEqual(smoothed([1, 2], 0), [1, 2]);
    assert.deepEqual(smoothed([], 0.5), []);
    assert.deepEqual(smoothed([1, 2], 1), [0, 0]);
});

test('the nearest point is found at both ends and in between', () => {
    const series = new Series({ x: [10, 20, 40], y: [1, 2, 3] });
    const found = [[-5, 0], [14, 0], [16, 1], [29, 1], [31, 2], [99, 2]];
    for (const [x, index] of found) assert.equal(series.nearest(x), index, `nearest to ${x}`);
    assert.equal(new Series().nearest(3), -1);
});

test('points that come are their own smallest and largest value', () => {
    const series = new Series({ x: [1], y: [5], min: [2], max: [9] });
    series.append(2, 7);
    assert.deepEqual([series.x, series.y, series.min, series.max], [[1, 2], [5, 7], [2, 7], [9, 7]]);
    assert.equal(series.appendedCount, 1);
});

test('a column of pixels keeps the extremes of all points in it', () => {
    const count = 100_000;
    const x = Array.from({ length: count }, (_, index) => index);
    const y = x.map((index) => (index === 31_337 ? 1000 : index === 77_777 ? -1000 : Math.sin(index)));
    const drawn = columns(new Series({ x, y }), (value) => value / 200, 0, count);
    assert.ok(drawn.length <= 501, `${drawn.length} columns`);
    assert.equal(Math.max(...drawn.map(({ max }) => max)), 1000);
    assert.equal(Math.min(...drawn.map(({ min }) => min)), -1000);
});

test('gaps stay gaps, and no point is lost between them', () => {
    const series = new Series({ x: [0, 1, 2, 3], y: [1, null, 2, null] });
    const drawn = columns(series, (value) => value * 10, 0, 3);
    assert.deepEqual(drawn.map(({ y }) => y), [1, null, 2, null]);
    const crowded = columns(series, (value) => value * 0.1, 0, 3);
    assert.deepEqual(crowded.map(({ y }) => y), [1, null, 2, null]);
});

test('a closer look takes one point more on either side', () => {
    const series = new Series({ x: [0, 10, 20, 30, 40, 50], y: [0, 1, 2, 3, 4, 5] });
    const drawn = columns(series, (value) => value * 10, 15, 32);
    assert.deepEqual(drawn.map(({ y }) => y), [1, 2, 3, 4]);
});

test('points that come go on with the average over all that were recorded', () => {
    const all = [4, 1, 7, null, 3, 9, 2];
    const wanted = smoothed(all, 0.9);
    // As the server tells it: the last part alone, with the averages and counts of the whole.
    const part = new Series({ x: [3, 4], y: [null, 3], smoothed: wanted.slice(3, 5), smoothed_count: 4 }, 0.9);
    part.append(5, 9);
    part.append(6, 2);
    close(part.smoothed.slice(1), wanted.slice(4));
    assert.equal(part.isWhole, false);
    part.smooth(0.1);
    close(part.smoothed.slice(1), wanted.slice(4));
    const whole = new Series({ x: all.keys().toArray?.() ?? [...all.keys()], y: all }, 0.5);
    whole.smooth(0.9);
    close(whole.smoothed.filter((value) => value !== null), wanted.filter((value) => value !== null));
});

test('what lies beyond a moment is dropped from every column', () => {
    const series = new Series({ x: [1, 2, 3, 4], y: [5, null, 6, 7] }, 0.5);
    series.cut(2.5);
    const lengths = [series.x, series.y, series.min, series.max, series.smoothed];
    assert.deepEqual(lengths.map((values) => values.length), [2, 2, 2, 2, 2]);
    series.cut(0);
    assert.deepEqual(series.x, []);
});
