import assert from 'node:assert/strict';
import test from 'node:test';

// What the page's scripts use of a browser.
globalThis.sessionStorage = new Map();
globalThis.sessionStorage.getItem = () => null;
globalThis.document = Object.assign(new EventTarget(), { hidden: false });
globalThis.window = new EventTarget();
const { APIError } = await import('../Public/api.js');
const { JobFeed } = await import('../Public/job/feed.js');

const zero = {
    agent_steps: 0, environment_frames: 0, gradient_updates: 0, episodes: 0, wall_seconds: 0,
};

/** A server with one job that waits, and then tells these events; notes what it is asked. */
function serve(events) {
    const asked = [];
    const job = {
        state: 'queued', failure: null, waiting_for: 'one job is running', latest: {},
        progress: { ...zero, agent_steps: 100 }, metrics_every_agent_steps: 250,
    };
    globalThis.fetch = async (path) => {
        asked.push(path);
        if (path.includes('/metrics')) return Response.json({ series: [] });
        if (!path.includes('/events')) return Response.json(job);
        return events ? new Response(events) : new Response(null, { status: 204 });
    };
    return asked;
}

/** A feed of that job, until its stream says this. */
async function follow(range, wanted) {
    let feed;
    await new Promise((resolve) => {
        feed = new JobFeed('a1', { axis: 'agent_steps', range }, {
            jobChanged() {}, seriesChanged() {}, frameCame() {}, eventCame() {},
            statusChanged: (status) => status === wanted && resolve(),
        });
        feed.start();
    });
    feed.stop();
    return feed;
}

test('a range that the job has yet to reach asks for no more than there is', async () => {
    const asked = serve();
    await follow({ from: 5000, to: 6000 }, 'ended');
    const query = new URL(asked.find((path) => path.includes('/metrics')), 'http://a').searchParams;
    assert.deepEqual([query.get('from'), query.get('to')], ['100', '100']);
});

test('a job that runs waits for nothing, and one held still says why', async () => {
    const opening = 'retry: 10\nid: 0\n\n';
    const event = (id, state, reason) => `id: ${id}\nevent: state\n`
        + `data: ${JSON.stringify({ ...zero, agent_steps: 100, state, reason })}\n\n`;
    serve(opening + event(1, 'running', null));
    const { job: running } = await follow(null, 'reconnecting');
    assert.deepEqual([running.state, running.waiting_for], ['running', null]);
    serve(opening + event(1, 'running', null) + event(2, 'paused', 'the disk is full'));
    const { job: held } = await follow(null, 'reconnecting');
    assert.deepEqual([held.state, held.failure], ['paused', 'the disk is full']);
});

test('only what a server refuses for good is not asked for again', () => {
    const isPassing = (status) => new APIError(status, {}).isPassing;
    assert.deepEqual([0, 429, 500, 503, 507].filter(isPassing), [0, 429, 500, 503, 507]);
    assert.deepEqual([400, 401, 404, 409].filter(isPassing), []);
});

test('a job that goes on from a snapshot takes back what it told of later moments', async () => {
    const points = (...steps) => steps.map((agent_steps) => ({ ...zero, agent_steps, loss: 1 }));
    const send = (id, name, data) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    const [early, late, again] = points(150, 300, 200);
    const asked = serve('retry: 10\nid: 0\n\n' + send(1, 'metrics', early) + send(2, 'metrics', late)
        + send(9, 'rewind', { ...zero, agent_steps: 160 }) + send(10, 'metrics', again));
    const seen = [];
    const feed = new JobFeed('a1', { axis: 'agent_steps' }, {
        jobChanged() {}, seriesChanged() {}, frameCame() {}, statusChanged() {},
        eventCame: (name) => seen.push([name, feed.series.get('loss')?.x.slice()]),
    });
    const loads = () => asked.filter((path) => path.includes('/metrics')).length;
    await feed.start();
    for (let turn = 0; turn < 5000 && (seen.length < 4 || loads() < 2); turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
    feed.stop();
    assert.deepEqual(seen.slice(0, 3),
        [['metrics', [150]], ['metrics', [150, 300]], ['rewind', [150]]]);
    // The event after it waits for the curves, which are fetched anew.
    assert.deepEqual(seen[3], ['metrics', [150]]);
    assert.equal(feed.job.progress.agent_steps <= 200, true);
});
