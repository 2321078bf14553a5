import { setTimeout as sleep } from 'node:timers/promises';
import { products, serviceOf } from '../document.ts';
import { type Event, hit, met, missed, type Scene } from './event.ts';

/** An edit is a fault when somebody was just reading or writing. */
const whileRunning = ({ underWay }: Scene) => (underWay().length > 0 ? hit : missed);

const people: Event = {
  kind: 'people edited',
  happen: async (scene) => {
    await scene.world.editPeople(scene.random.whole(1, 12), scene.random);
    return whileRunning(scene);
  },
};

const alone: Event = {
  kind: 'person edited and run alone',
  happen: async (scene) => {
    const { world, random, edited, runPerson } = scene;
    const [person] = edited().length > 0 ? [random.one(edited())] : await world.editPeople(1, random);
    if (person === undefined) return missed;
    await world.editPerson(person, random);
    runPerson(person);
    return whileRunning(scene);
  },
};

const byHand: Event = {
  kind: 'accounts edited by hand',
  happen: async (scene) => {
    await scene.world.editAccounts(scene.random.one(products), scene.random.whole(1, 4), scene.random);
    return whileRunning(scene);
  },
};

const heldWithinMs = 8_000;

/** Something else happens while writes of a product are on their way: sent, and not answered yet. */
const whileWriting = (kind: string, meanwhile: readonly Event[]): Event => ({
  kind,
  happen: async (scene) => {
    const { world, random } = scene;
    const laid = await world.lay({
      service: serviceOf[random.one(products)],
      method: 'POST',
      path: '[Ee]dit[Uu]ser',
      after: random.whole(0, 6),
      count: random.whole(1, 4),
      effect: { kind: 'delay', milliseconds: random.whole(1_500, 6_000) },
    });
    const event = random.one(meanwhile);
    for (const until = Date.now() + heldWithinMs; Date.now() < until; ) {
      if (((await world.met())[laid] ?? 0) > 0) return [met(laid), ...(await event.happen(scene))];
      await sleep(100);
    }
    return [met(laid)];
  },
});

/** Edits in the directory and by hand in the products; `others` are what may happen while a write is on its way. */
export const edits = (others: readonly Event[]): readonly Event[] => [
  people,
  people,
  alone,
  alone,
  byHand,
  byHand,
  whileWriting('edited during a write', [people, alone, byHand]),
  whileWriting('hurt during a write', others),
];
