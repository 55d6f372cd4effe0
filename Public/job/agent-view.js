/** What the agent sees now, and what it thinks of each action. */

import { element, setText } from '../element.js';
import { count, measure } from '../format.js';
import { QBars } from './q-bars.js';
import { QStrip } from './q-strip.js';

const agentSees = 'what the agent sees';

export class AgentView {
    /** @param onOpen Takes whether pictures are wanted. */
    constructor(onOpen) {
        this.bars = new QBars();
        this.strip = new QStrip();
        this.observation = picture('observation', 'The newest frame of the agent', agentSees);
        this.screen = picture('screen', 'The game as a person sees it', 'the game');
        this.screen.figure.hidden = true;
        this.note = element('p', { class: 'note' }, 'The picture comes with the first step.');
        this.step = element('span', { class: 'step' });
        this.reward = element('b', {}, '–');
        this.toggle = element('input', {
            name: 'live', type: 'checkbox', checked: true, onchange: () => {
                onOpen(this.toggle.checked);
                this.element.classList.toggle('held', !this.toggle.checked);
            },
        });
        this.element = element(
            'section', { class: 'card agent', 'aria-label': 'The agent’s view' },
            element('div', { class: 'agent-head' },
                element('h2', {}, 'Agent'), this.step,
                element(
                    'label', { title: 'Without it, training gets all of the machine' },
                    this.toggle, 'Live')),
            this.note,
            element('div', { class: 'pictures' }, this.observation.figure, this.screen.figure),
            element('p', { class: 'reward' }, 'Last reward ', this.reward),
            this.bars.element,
            this.strip.element);
    }

    close() {
        this.strip.close();
    }

    show(job, isOver) {
        // Only a running job has something to show; the last of it stays for who was there.
        this.element.hidden = isOver && !this.hasFrame;
        if (isOver) setText(this.note, 'The last thing it saw.');
        else if (job.state === 'queued') setText(this.note, 'The job waits for its turn.');
        this.note.hidden = this.hasFrame && !isOver;
        this.toggle.parentElement.hidden = isOver;
    }

    showFrame(view) {
        this.hasFrame = true;
        this.note.hidden = true;
        this.observation.show(view.png);
        // Where the agent sees the game as it is, one picture says it.
        this.screen.show(view.screen_png === view.png ? null : view.screen_png);
        // A wide picture is a game for people; what the agent gets of it are numbers.
        const isObservation = view.screen_png || isSquare(this.observation.image);
        setText(this.observation.caption, isObservation ? agentSees : 'the game');
        setText(this.step, `step ${count(view.agent_steps)}`);
        setText(this.reward, measure(view.reward));
        this.reward.classList.toggle('some', Boolean(view.reward));
        this.bars.show(view);
        this.strip.add(Math.max(...view.q_values), view.reward);
    }
}

const isSquare = ({ naturalWidth, naturalHeight }) => naturalWidth === naturalHeight;

function picture(name, alt, text) {
    const image = element('img', { alt, hidden: true });
    const caption = element('figcaption', {}, text);
    const figure = element(
        'figure', { class: `picture-of ${name}` },
        element('div', { class: 'screen-frame' }, image), caption);
    const show = (png) => {
        figure.hidden = !png;
        if (!png) return;
        image.hidden = false;
        image.src = `data:image/png;base64,${png}`;
    };
    return { image, caption, figure, show };
}
