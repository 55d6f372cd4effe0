import assert from 'node:assert/strict';
import test from 'node:test';
import { EventParser } from '../Public/event-parser.js';

const stream = [
    'retry: 3000\nid: 7\nevent: state\ndata: {"state":"running"}\n\n',
    ': still there\n\n',
    'event: frame\ndata: a\ndata: b\n\n',
    'id: 8\r\nevent: episode\r\ndata:c\r\n\r\n',
    'data: alone\r\r',
    'event: without data\n\n',
].join('');

const wanted = [
    { id: '7', name: 'state', data: '{"state":"running"}' },
    { id: '7', name: 'frame', data: 'a\nb' },
    { id: '8', name: 'episode', data: 'c' },
    { id: '8', name: 'message', data: 'alone' },
];

test('a stream means the same wherever it is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
        const parser = new EventParser();
        const events = [...parser.feed(stream.slice(0, cut)), ...parser.feed(stream.slice(cut))];
        assert.deepEqual(events, wanted, `cut at ${cut}`);
        assert.equal(parser.retryMilliseconds, 3000);
    }
});

test('a stream means the same character by character', () => {
    const parser = new EventParser();
    assert.deepEqual([...stream].flatMap((character) => parser.feed(character)), wanted);
});

test('an event that is not finished is not told', () => {
    const parser = new EventParser();
    assert.deepEqual(parser.feed('data: half\n'), []);
    assert.deepEqual(parser.feed('\n'), [{ id: '', name: 'message', data: 'half' }]);
});

test('a time to wait that is no number is passed over', () => {
    const parser = new EventParser();
    parser.feed('retry: soon\n\n');
    assert.equal(parser.retryMilliseconds, 2000);
});
