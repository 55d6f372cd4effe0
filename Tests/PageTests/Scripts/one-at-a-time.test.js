import assert from 'node:assert/strict';
import test from 'node:test';
import { oneAtATime } from '../Public/one-at-a-time.js';

/** A fetch that is answered by hand. */
function fetching() {
    const calls = [];
    const fetch = () => new Promise((resolve, reject) => calls.push({ resolve, reject }));
    return { calls, refresh: oneAtATime(fetch) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('wishes during a fetch are one fetch more', async () => {
    const { calls, refresh } = fetching();
    const wishes = [refresh(), refresh(), refresh()];
    assert.equal(calls.length, 1);
    calls[0].resolve();
    await turn();
    assert.equal(calls.length, 2);
    calls[1].resolve();
    await Promise.all(wishes);
    assert.equal(calls.length, 2);
});

test('a wish afterwards is a fetch of its own, also after a failure', async () => {
    const { calls, refresh } = fetching();
    for (const end of ['resolve', 'reject', 'resolve']) {
        const wish = refresh();
        calls.at(-1)[end]();
        await wish;
    }
    assert.equal(calls.length, 3);
});
