/** A game in the browser that an agent on the server learns: a client that plays. */

import { ask } from '../api.js';

const rows = 8;
const columns = 6;
const actions = ['LEFT', 'STAY', 'RIGHT'];

const post = async (path, body) => (await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
})).json();

/** A ball falls from a random column; the paddle in the last row catches it or not. */
class Game {
    begin() {
        this.ball = { row: 0, column: Math.floor(Math.random() * columns) };
        this.paddle = Math.floor(columns / 2);
    }

    /** 1 or −1 at the end, 0 before. */
    step(action) {
        this.paddle = Math.min(columns - 1, Math.max(0, this.paddle + action - 1));
        this.ball.row += 1;
        this.isOver = this.ball.row === rows - 1;
        if (!this.isOver) return 0;
        return this.ball.column === this.paddle ? 1 : -1;
    }

    get observation() {
        return [this.ball.row / (rows - 1), this.ball.column / (columns - 1), this.paddle / (columns - 1)];
    }
}

class Player {
    static async join(job) {
        const player = new Player();
        player.id = (await post(`/v1/jobs/${job}/players`, { name: 'a page' })).id;
        player.sequence = 0;
        return player;
    }

    async act(step) {
        this.sequence += 1;
        const call = { sequence: this.sequence, agents: [step] };
        return (await post(`/v1/players/${this.id}/act`, call)).actions[0];
    }
}

const place = (id) => document.getElementById(id);
const held = new Set();

function paint(game) {
    const canvas = place('board');
    const context = canvas.getContext('2d');
    const style = getComputedStyle(document.documentElement);
    const [width, height] = [canvas.width / columns, canvas.height / rows];
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = style.getPropertyValue('--ink');
    context.fillRect(game.paddle * width + 4, (rows - 1) * height + height / 2, width - 8, height / 3);
    context.fillStyle = style.getPropertyValue('--accent');
    context.beginPath();
    context.arc((game.ball.column + 0.5) * width, (game.ball.row + 0.5) * height, width / 4, 0, 7);
    context.fill();
}

/** What a person holds; null where the agent is to move. */
function chosenByPerson() {
    if (held.has('left') === held.has('right')) return held.size ? 1 : null;
    return held.has('left') ? 0 : 2;
}

function attachControls() {
    const keys = { ArrowLeft: 'left', ArrowRight: 'right' };
    const change = (name, isDown) => (isDown ? held.add(name) : held.delete(name));
    for (const [event, isDown] of [['keydown', true], ['keyup', false]]) {
        addEventListener(event, (key) => {
            if (!keys[key.key]) return;
            key.preventDefault();
            change(keys[key.key], isDown);
        });
    }
    for (const name of ['left', 'right']) {
        place(name).addEventListener('pointerdown', () => change(name, true));
        for (const event of ['pointerup', 'pointerleave', 'pointercancel']) {
            place(name).addEventListener(event, () => change(name, false));
        }
    }
    addEventListener('blur', () => held.clear());
}

const pause = () => (place('fast').checked
    ? Promise.resolve() : new Promise((resolve) => { setTimeout(resolve, 140); }));

async function playBall(game, player, results) {
    game.begin();
    let isAlone = true;
    let answer = await player.act({ observation: game.observation });
    while (answer.action !== null) {
        paint(game);
        await pause();
        const mine = chosenByPerson();
        if (mine !== null) isAlone = false;
        place('mover').textContent = mine === null
            ? `the agent${answer.exploring ? ', at random' : ''}` : 'you';
        const reward = game.step(mine ?? answer.action);
        const step = { observation: game.observation, reward, terminated: game.isOver };
        if (mine !== null) step.action_taken = mine;
        answer = await player.act(step);
        if (game.isOver && isAlone) results.push(reward > 0);
    }
    paint(game);
    await pause();
}

async function main() {
    attachControls();
    const job = (await post('/v1/jobs', {
        environment: 'client',
        name: 'Catch, played in a browser',
        environment_options: { observation: { shape: [3], scalar: 'float32' }, actions },
        hyperparameters: {
            network: [{ type: 'dense', units: 64 }, { type: 'dense', units: 64 }],
            learning_starts_agent_steps: 100,
            update_period_agent_steps: 1,
            updates_per_period: 2,
            epsilon_decay_agent_steps: 1500,
        },
    })).id;
    place('job').href = `../#job=${job}`;
    place('job').textContent = 'Its curves';
    // Nobody else goes on with a game that is closed.
    addEventListener('pagehide', () => ask(`/v1/jobs/${job}/stop`, { method: 'POST', keepalive: true }));
    const player = await Player.join(job);
    const [game, results] = [new Game(), []];
    for (let balls = 1; ; balls += 1) {
        await playBall(game, player, results);
        const last = results.slice(-50);
        place('balls').textContent = balls;
        place('score').textContent = last.length
            ? `${last.filter(Boolean).length} of ${last.length}` : '–';
    }
}

main().catch((error) => { place('message').textContent = `The game has stopped: ${error.message}.`; });
