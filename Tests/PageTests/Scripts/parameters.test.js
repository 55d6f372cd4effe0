import assert from 'node:assert/strict';
import test from 'node:test';
import { requestOf } from '../Public/job/parameters.js';

const request = {
    name: 'catch', environment: 'catch', seed: 1, hyperparameters: { discount: 0.99 },
};

test('the request for a job again holds nothing that the server refuses', () => {
    const record = {
        id: 'a1', state: 'queued', progress: {}, latest: {}, best: null, model: 'a1',
        created_at: '', started_at: null, ended_at: null, failure: null,
        waiting_for: '2 of at most 2 jobs are running or paused',
    };
    assert.deepEqual(requestOf({ ...record, ...request }), request);
});
