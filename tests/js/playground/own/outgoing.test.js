// What the training is told of a drawing, against a server that keeps points as the real one does.

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { Drawing, keyOf, unflat } from "../../../../static/js/playground/own/drawing.js";
import { BATCH, Outgoing, PAUSE, stepsBetween } from "../../../../static/js/playground/own/outgoing.js";
import { FEWEST, MOST } from "../../../../static/js/playground/own/point-set.js";
import { randomFrom } from "./random.js";

/** Time that passes when it is told to, with all that waits for something else carried out between. */
class Clock {
  #now = 0;
  #waiting = new Map();
  #count = 0;
  now = () => this.#now;
  after = (ms, work) => {
    const number = ++this.#count;
    this.#waiting.set(number, { work, at: this.#now + ms });
    return () => this.#waiting.delete(number);
  };

  async pass(ms) {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = [...this.#waiting]
        .filter(([, { at }]) => at <= end)
        .sort(([, one], [, other]) => one.at - other.at)[0];
      if (!due) break;
      this.#waiting.delete(due[0]);
      this.#now = due[1].at;
      due[1].work();
      await settled();
    }
    this.#now = end;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A training of own points: it has between FEWEST and MOST, and refuses what would lead elsewhere. */
class Training {
  points = null;
  uses = [];
  names = [];
  anew = []; // whether it had more classes, each time it began anew
  told = []; // [name, number of points, time]
  isRefusing = false;
  constructor(clock) {
    this.clock = clock;
    this.outgoing = new Outgoing(
      {
        use: async (drawing, classes) => {
          if (this.isRefusing) return false;
          this.uses.push({ classes, count: drawing.size });
          this.points = new Map([...drawing.points].map(([key, { label }]) => [key, label]));
          return true;
        },
        add: async (label, places) =>
          this.#edit("add", places, (key) => this.points.has(key) || this.points.set(key, Math.fround(label))),
        name: async (names) => {
          if (this.isRefusing) return false;
          this.names.push(names);
          return true;
        },
        drop: async (places) => this.#edit("drop", places, (key) => this.points.delete(key)),
        news: () => {},
        anew: (hasMoreClasses) => this.anew.push(hasMoreClasses),
      },
      clock,
    );
  }

  async #edit(name, places, change) {
    this.told.push([name, places.length / 2, this.clock.now()]);
    if (this.isRefusing) return false;
    assert.ok(places.length / 2 <= BATCH && places.length > 0);
    for (let at = 0; at < places.length; at += 2) change(keyOf(Math.fround(places[at]), Math.fround(places[at + 1])));
    assert.ok(this.points.size >= FEWEST && this.points.size <= MOST, `${this.points.size} points`);
    return true;
  }
}

const asMap = (drawing) => new Map([...drawing.points].map(([key, { label }]) => [key, label]));
const sorted = (map) => [...map].sort();

let clock, training, drawing;

beforeEach(() => {
  clock = new Clock();
  training = new Training(clock);
  drawing = new Drawing(2);
});

function draw(count, from = 0, label = 0) {
  for (let at = from; at < from + count; at++) drawing.put((at % 100) / 10 - 5, Math.floor(at / 100) / 10, label);
  training.outgoing.changed();
}

test("fewer than ten points are the page's alone; with ten they are given whole", async () => {
  training.outgoing.begin(drawing);
  draw(9);
  await clock.pass(1000);
  assert.equal(training.points, null);
  draw(1, 9);
  await clock.pass(PAUSE);
  assert.deepEqual(training.uses, [{ classes: 2, count: 10 }]);
  assert.ok(training.outgoing.isUsed);
});

test("what is drawn then is told in batches, at most one every 50 ms", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  for (let point = 10; point < 60; point++) {
    draw(1, point, 1);
    await clock.pass(5);
  }
  await clock.pass(PAUSE);
  const times = training.told.map(([, , time]) => time);
  assert.ok(times.length >= 5);
  times.slice(1).forEach((time, index) => assert.ok(time - times[index] >= PAUSE));
  assert.deepEqual(sorted(training.points), sorted(asMap(drawing)));
  assert.equal(training.uses.length, 1);
});

test("the first point after a while is told before the browser draws again, and not before the work that drew it is done", async () => {
  training = new Training({ now: () => 0 });
  training.outgoing = new Outgoing({ use: async () => training.uses.push(drawing.size), news: () => {} }); // by the browser's clock
  training.outgoing.begin(drawing);
  draw(10);
  draw(1, 10);
  assert.deepEqual(training.uses, []);
  await Promise.resolve(); // no timer, of 0 ms either, comes before this is over
  assert.deepEqual(training.uses, [11]);
  training.outgoing.begin(drawing);
});

test("undo and redo of a stroke are told as what they change", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  drawing.begin();
  draw(30, 10, 1);
  drawing.end();
  await clock.pass(PAUSE);
  training.told = [];
  drawing.undo();
  training.outgoing.changed();
  await clock.pass(PAUSE);
  drawing.redo();
  training.outgoing.changed();
  await clock.pass(PAUSE);
  assert.deepEqual(
    training.told.map(([name, count]) => [name, count]),
    [
      ["drop", 30],
      ["add", 30],
    ],
  );
});

test("after it was cleared the training keeps its points, until there are ten others, with which it begins anew", async () => {
  training.outgoing.begin(drawing);
  draw(20);
  await clock.pass(PAUSE);
  drawing.clear();
  training.outgoing.changed();
  await clock.pass(1000);
  assert.equal(training.points.size, 20);
  draw(9, 200);
  await clock.pass(1000);
  assert.equal(training.points.size, 20);
  draw(1, 209);
  await clock.pass(PAUSE);
  assert.deepEqual(sorted(training.points), sorted(asMap(drawing)));
  assert.equal(training.uses.length, 2);
  assert.deepEqual(training.told, []);
});

test("cleared and taken back, nothing is told", async () => {
  training.outgoing.begin(drawing);
  draw(20);
  await clock.pass(PAUSE);
  drawing.clear();
  training.outgoing.changed();
  await clock.pass(PAUSE);
  drawing.undo();
  training.outgoing.changed();
  await clock.pass(PAUSE);
  assert.equal(training.uses.length, 1);
  assert.deepEqual(training.told, []);
});

test("the first point of another class gives the network an output more", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  drawing.addClass();
  training.outgoing.changed();
  await clock.pass(PAUSE);
  assert.equal(training.uses.length, 1);
  draw(1, 300, 2);
  await clock.pass(PAUSE);
  assert.deepEqual(training.uses.at(-1), { classes: 3, count: 11 });
  assert.deepEqual(training.anew, [true]);
});

test("what is refused is stale, and is tried again with the next point or as a whole", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  training.isRefusing = true;
  draw(5, 10);
  await clock.pass(1000);
  assert.ok(training.outgoing.isStale);
  assert.equal(training.told.length, 1);
  training.isRefusing = false;
  draw(1, 15);
  await clock.pass(PAUSE);
  assert.ok(!training.outgoing.isStale);
  assert.deepEqual(sorted(training.points), sorted(asMap(drawing)));
  training.outgoing.again();
  await clock.pass(PAUSE);
  assert.equal(training.uses.length, 2);
});

test("while it asks what the training has, nothing is sent; then what differs", async () => {
  const { outgoing } = training;
  outgoing.begin(drawing);
  draw(20);
  await clock.pass(PAUSE);
  outgoing.hold();
  draw(1, 20);
  await clock.pass(1000);
  assert.deepEqual(training.told, []);
  const undone = new Drawing(2, [...drawing.points.values()].slice(0, 15)); // as an undo of the run leaves it
  training.points = asMap(undone);
  outgoing.resume(undone);
  outgoing.changed();
  await clock.pass(PAUSE);
  assert.deepEqual(
    training.told.map(([name, count]) => [name, count]),
    [["add", 6]],
  );
  outgoing.hold();
  draw(1, 21);
  outgoing.resume(null); // no answer: it has what it had
  outgoing.changed();
  await clock.pass(PAUSE);
  assert.deepEqual(sorted(training.points), sorted(asMap(drawing)));
});

test("where the training has another data set, the drawing is given whole again", async () => {
  training.outgoing.begin(drawing);
  draw(12);
  await clock.pass(PAUSE);
  training.outgoing.leave();
  assert.ok(!training.outgoing.isUsed);
  draw(1, 12);
  await clock.pass(PAUSE);
  assert.deepEqual(
    training.uses.map(({ count }) => count),
    [12, 13],
  );
});

test("the commands between any two sets lead from one to the other, within the limits all the way", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = randomFrom(seed);
    const side = [3, 10, 72][seed % 3];
    const some = () => {
      const chosen = new Drawing(3);
      const share = random();
      for (let at = 0; at < side * side; at++)
        if (random() < share) chosen.put((at % side) / 12, Math.floor(at / side) / 12, Math.floor(3 * random()));
      while (chosen.missing > 0) chosen.put(-6 * random(), -6 * random(), 0);
      return chosen.points;
    };
    const [from, to] = [some(), some()];
    if (random() < 0.5) for (const [key, point] of from) if (random() < 0.7 && to.has(key)) to.set(key, point);
    const steps = stepsBetween(from, to);
    if (steps === null) continue;
    const now = new Map(from);
    for (const step of steps) {
      const points = "add" in step ? step.add : step.drop;
      assert.ok(points.length > 0 && points.length <= BATCH);
      for (const point of points) {
        const key = keyOf(point.x, point.y);
        assert.equal(now.has(key), "drop" in step);
        if ("drop" in step) now.delete(key);
        else now.set(key, point);
        if ("add" in step) assert.equal(step.label, point.label);
      }
      assert.ok(now.size >= FEWEST && now.size <= MOST);
    }
    assert.deepEqual(sorted(now), sorted(to), `seed ${seed}`);
  }
});

test("sets without a point in common, and too many values, are told whole", () => {
  const of = (count, x, label = () => 0) =>
    new Map(
      unflat(Float64Array.from({ length: 3 * count }, (_, at) => [x, at / 3, label(at)][at % 3])).map((point) => [
        keyOf(point.x, point.y),
        point,
      ]),
    );
  assert.equal(stepsBetween(of(20, 0), of(20, 1)), null);
  assert.equal(stepsBetween(of(20, 0), of(20, 0)).length, 0);
  assert.equal(stepsBetween(of(20, 0), new Map([...of(20, 0), ...of(150, 1, (at) => at / 1000)])), null);
});

test("what classes are called is told by itself, once, and comes along where all is given", async () => {
  training.outgoing.begin(drawing);
  drawing.name(0, "cats");
  draw(10);
  await clock.pass(PAUSE);
  assert.deepEqual(training.names, []); // they came with the points
  drawing.name(1, "狗");
  draw(1, 10, 1);
  await clock.pass(PAUSE);
  draw(1, 11, 1);
  await clock.pass(1000);
  assert.deepEqual([training.names, training.uses.length], [[["cats", "狗"]], 1]);
  drawing.undo();
  drawing.undo();
  drawing.undo();
  training.outgoing.changed();
  await clock.pass(1000);
  assert.deepEqual(training.names.at(-1), ["cats", ""]);
});

test("the name of a class without points is told when it has its first", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  drawing.addClass();
  drawing.name(2, "birds");
  training.outgoing.changed();
  await clock.pass(1000);
  assert.deepEqual([training.names, training.uses.length], [[], 1]);
  draw(1, 10, 2);
  await clock.pass(1000);
  assert.deepEqual([training.names, training.uses.length], [[], 2]);
});

test("a name that the server refuses leaves the training stale, and is tried again with the next change", async () => {
  training.outgoing.begin(drawing);
  draw(10);
  await clock.pass(PAUSE);
  training.isRefusing = true;
  drawing.name(0, "cats");
  training.outgoing.changed();
  await clock.pass(PAUSE);
  assert.ok(training.outgoing.isStale);
  training.isRefusing = false;
  training.outgoing.changed();
  await clock.pass(PAUSE);
  assert.deepEqual([training.names, training.outgoing.isStale], [[["cats", ""]], false]);
});
