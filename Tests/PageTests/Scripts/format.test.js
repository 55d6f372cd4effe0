import assert from 'node:assert/strict';
import test from 'node:test';
import { bytes, count, duration, measure, percent, stopwatch, tick } from '../Public/format.js';

const table = (format, rows) => {
    for (const [value, text] of rows) assert.equal(format(value), text);
};

test('values are told in about four characters', () => {
    table(measure, [
        [0, '0'], [0.8731, '0.873'], [-0.66, '−0.66'], [12.48, '12.5'], [1, '1'], [475.25, '475.3'],
        [1204.4, '1,204'], [2_500_000, '2.5M'], [6.2e16, '6.2e16'], [0.00123, '0.0012'], [3.1e-7, '3.1e-7'],
        [null, '–'], [undefined, '–'], [NaN, '–'], [Infinity, '–'],
    ]);
});

test('counts are told in full, and shares never reach 100 % early', () => {
    table(count, [[12_480, '12,480'], [null, '–'], [0, '0']]);
    table(percent, [[0.999, '99 %'], [1, '100 %'], [0, '0 %']]);
});

test('spans of time are told in their two largest units', () => {
    table(duration, [[4.23, '4.2 s'], [45, '45 s'], [200, '3 min 20 s'], [3600, '1 h'], [7500, '2 h 5 min'], [273_600, '3 d 4 h'], [null, '–']]);
    table(stopwatch, [[0, '0:00'], [59.9, '0:59'], [803, '13:23'], [7511, '2:05:11']]);
});

test('sizes of files are told in powers of a thousand', () => {
    table(bytes, [[752, '752 bytes'], [6_745_060, '6.7 MB'], [1000, '1.0 kB'], [3.2e13, '32000.0 GB']]);
});

test('ticks are as exact as the step between them', () => {
    assert.equal(tick(0.5, 0.25), '0.5');
    assert.equal(tick(-0.06, 0.02), '−0.06');
    assert.equal(tick(40_000, 20_000), '40k');
    assert.equal(tick(1000, 500), '1000');
    assert.equal(tick(1_500_000, 500_000), '1.5M');
    assert.equal(tick(2_000_000, 500_000), '2M');
    assert.equal(tick(100_002, 2), '100.002k');
    assert.equal(tick(2e16, 1e16), '2e16');
    assert.equal(tick(1.25e-9, 0.25e-10), '1.25e-9');
});
