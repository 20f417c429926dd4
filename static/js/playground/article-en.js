// The explanations in English. article-zh.js has the same sections; a test holds them together.

export default [
  {
    id: "what",
    title: "What is a neural network?",
    paragraphs: [
      "A neural network is a formula with many adjustable numbers, the **weights** and **biases**. Its building block, the neuron, does very little: it multiplies each input by a weight, adds everything up together with its bias, and bends the sum with a simple curve, the activation. One neuron alone can only split the plane along a straight line. But neurons can take other neurons' outputs as inputs, and a few layers of lines drawn upon lines make circles, corners and spirals.",
      "Nobody writes the right numbers into a network. It **learns** them from examples: it looks at a few points, compares its answer with the right one, works out for every weight in which direction the error would shrink, and moves each a small step that way. One pass through all training points is an **epoch**.",
    ],
  },
  {
    id: "colours",
    title: "What do the colours mean?",
    paragraphs: [
      "There is one scale for everything: **orange** is negative, **blue** is positive, pale is near zero. The palette button in the header changes orange to yellow, which everyone can tell from dark blue, and draws negative points as diamonds.",
      "**Points** carry the right answer as their colour. The **background** of the large map is the network's answer at every place of the plane; where it is strong, the network is sure. The network has learnt its task when the points lie on a background of their own colour. The small pictures show the same for every single neuron: what it has found out by itself.",
      "**Lines** are weights: blue ones pass a neuron's output on, orange ones reverse it, and the thicker the line, the more it counts. The small square at a neuron's corner is its bias.",
      "Points with a white rim are training points. Those with a **dark rim** are test points, which Show test data adds.",
      "The **loss** measures how far the answers are off, 0 is perfect: of a point it is ½ (answer − right answer)², and what is shown is the mean over all training or all test points. For classification the right answers are −1 and 1, so a network that always says 0 has a loss of 0.5. Watch the test loss: it is taken on points that the network never trains on. If it stays far above the training loss, the network has learnt its examples by heart instead of the rule behind them: it overfits.",
    ],
  },
  {
    id: "try",
    title: "Six data sets to master",
    paragraphs: [
      "Each of these settings reaches a small test loss within seconds. Load one, press play, then spoil it on purpose and find out what it needs.",
    ],
    recipes: [
      [
        "circle",
        "Circle",
        "No straight line parts the inside from the outside. Three hidden neurons draw three lines around it, so the default network with its four does it easily. Or switch on X₁² and X₂² and take all hidden layers away: with the right features there is nothing left to learn for them.",
        "Load the circle",
      ],
      [
        "xor",
        "Exclusive or",
        "Blue where both coordinates have the same sign. The smallest problem that needs a hidden layer. With X₁X₂ as its only feature a single neuron solves it.",
        "Load exclusive or",
      ],
      [
        "gauss",
        "Two clouds",
        "The easy one: a single neuron without hidden layers is enough. Turn the noise up until the clouds run into each other, and see that training and test loss part.",
        "Load the two clouds",
      ],
      [
        "spiral",
        "Spiral",
        "The hard one. From X₁ and X₂ alone it takes patience; with all seven features and two layers of eight and six neurons it takes seconds. Watch how the first layer finds the rough parts and the second puts them together.",
        "Load the spiral",
      ],
      [
        "reg-plane",
        "Plane (regression)",
        "Now the answer is a number, not a colour: the sum of the coordinates. That is a weighted sum, which a single linear neuron is; no hidden layer is needed. Add one with Tanh: does it get better or worse?",
        "Load the plane",
      ],
      [
        "reg-gauss",
        "Six hills (regression)",
        "Three hills and three hollows. Sines of the coordinates help, as hills come again and again along an axis; two layers put them together. Take sin(X₁) away and see how much longer it takes.",
        "Load the six hills",
      ],
    ],
  },
  {
    id: "more",
    title: "Eight more data sets",
    paragraphs: [
      "They are behind More, below the six. Each has two links here: to a network that fits it, and to one that cannot, however long it trains. What does the second lack?",
    ],
    recipes: [
      [
        "moons",
        "Two moons",
        "Two half circles, each with its tip within the other. A straight line gets nine of ten points right; a few hidden neurons bend it around the tips.",
        "Load the moons",
        "Without hidden layers",
      ],
      [
        "rings",
        "Rings",
        "With X₁² and X₂² the circle needs no hidden layer. The rings do: from the middle outwards the answer changes twice, and one neuron changes it once.",
        "Load the rings",
        "Without hidden layers",
      ],
      [
        "checkerboard",
        "Checkerboard",
        "Exclusive or, again and again. From X₁ and X₂ it takes many lines; sin(X₁) and sin(X₂) tell columns and rows apart, and what is left is exclusive or itself.",
        "Load the checkerboard",
        "Without hidden layers",
      ],
      [
        "sine",
        "Sine curve",
        "Blue above the curve, orange below. With the right features, sin(X₁) and X₂, a single neuron draws it; with X₁ and X₂ the same neuron draws a straight line.",
        "Load the sine curve",
        "Without the sine",
      ],
      [
        "cubic",
        "Cubic curve",
        "A curve with two bends, and none of the features is made for it: hidden neurons put it together. Four are enough; one leaves it a straight line.",
        "Load the cubic curve",
        "With one hidden neuron",
      ],
      [
        "absolute",
        "Absolute value",
        "Two straight lines that meet in a corner: one hidden neuron for each. Look at the two small pictures: which line does each draw?",
        "Load the absolute value",
        "With one hidden neuron",
      ],
      [
        "reg-wave",
        "Ripples (regression)",
        "The height goes up and down with the distance from the middle. X₁² and X₂² tell the distance, but their weighted sum only rises or falls: it takes hidden neurons to turn it around.",
        "Load the ripples",
        "Without hidden layers",
      ],
      [
        "reg-saddle",
        "Saddle (regression)",
        "Up along one axis, down along the other: X₁² less X₂², a weighted sum. From X₁ and X₂ linear layers make no more than a plane, however many there are; set Tanh, and it learns.",
        "Load the saddle",
        "Linear, from X₁ and X₂",
      ],
      [
        "blobs",
        "Clusters (several classes)",
        "Two to six classes, and an output neuron for each: the one with the largest output wins, and softmax turns all of them into probabilities. Straight lines part these clusters. Point at an output neuron: where is it sure? Under the loss, “What is taken for what” counts the mistakes, and marks them on the map.",
        "Load six clusters",
        "From X₁ alone",
      ],
      [
        "arms",
        "Spiral (several classes)",
        "The spiral with an arm for each class, three to begin with. Watch how the classes share the plane, and where it stays pale.",
        "Load the three arms",
        "Without hidden layers",
      ],
      [
        "iris",
        "Iris petals",
        "Measured, not made up: length and width of the petals of 150 irises of three species, in centimetres (Fisher, 1936). One species stands apart, two overlap. No network will tell all of them apart: look for the flowers that it takes for the other species. Could you tell them?",
        "Load the irises",
        "From sin(X₂) alone",
      ],
      [
        "penguins",
        "Penguins",
        "342 penguins of three species near Palmer Station, Antarctica (Gorman and others, 2014): how long are bill and flipper? Either alone is not enough, both together nearly are. Add hidden layers: does that help the test data too?",
        "Load the penguins",
        "From the bill alone",
      ],
      [
        "cars",
        "Cars",
        "How many litres a car of the seventies burns on 100 km, by its weight and power: a regression (Quinlan, 1993). A plane already fits it well. What is left is what weight and power do not tell, and no network can learn that from them.",
        "Load the cars",
        "From sin(X₁) alone",
      ],
    ],
  },
  {
    id: "questions",
    title: "Questions to find out about",
    paragraphs: [
      "**Learning rate.** Train the circle with 0.03, then with 3, then with 0.00001, each from a reset. How does the curve of the loss look in each case, and why?",
      "**Hidden layers.** Why can no network with linear activation ever learn the circle from X₁ and X₂, however many layers it has? What does each neuron of the first layer show, and what the output?",
      "**Features.** Which single feature is enough for Exclusive or? Find for each data set the smallest network that learns it.",
      "**Overfitting.** Two clouds, noise 50 %, 10 % training data, all features and layers as large as they go: when do training loss and test loss part? What do more training data, fewer neurons and L2 change?",
      "**Regularization.** Which lines disappear under L1, and which become thin under L2?",
      "**Chance.** Press New weights five times with the spiral. How different are the results, and what does that say about a single comparison?",
      "**How few** neurons are enough for the spiral?",
    ],
  },
  {
    id: "terms",
    title: "The words on the controls",
    terms: [
      [
        "Learning rate",
        "How far a weight moves in one step. Too small, and learning takes for ever; too large, and it jumps across the valley and may never settle.",
      ],
      [
        "Activation",
        "The curve that bends a neuron's sum. Tanh is a good start; ReLU gives straight edges; with Linear all layers together are no more than one.",
      ],
      [
        "Regularization",
        "A pull of all weights towards zero, so that the network prefers simple answers. L1 makes many exactly zero, L2 makes all of them small; the rate says how strong the pull is.",
      ],
      [
        "Batch size",
        "How many points the network looks at before it takes a step. Small batches make many restless steps, large ones few smooth steps.",
      ],
      [
        "Problem type",
        "Classification asks whether a point is orange or blue, and accuracy is the share of points with the right sign. Regression asks for a number; its output is not bent, and it has no accuracy.",
      ],
      [
        "Discretize output",
        "Draws the output in two colours by its sign: the decision, instead of how sure the network is. The training does not change.",
      ],
      ["Training data", "Which share of the points it learns from. It is tested on the rest."],
      [
        "Noise",
        "How blurred the data are. The same random numbers are used at every setting, so the results can be compared.",
      ],
      [
        "Features",
        "Each is a button that switches an input on or off: what the network is told about a point: its coordinates, or quantities made from them.",
      ],
      [
        "New weights, new data",
        "Reset always goes back to the very same start, so that a comparison is fair. These two buttons are for another start.",
      ],
    ],
  },
  {
    id: "beyond",
    title: "More settings",
    paragraphs: [
      "The button with the sliders, at the end of the row of controls, unfolds what the original has not. Here is what each is for, with two links: a run with it, and the same run without. The figures are those of these very runs, of 500 epochs; press play and see. Other seeds give other figures: **Thirty seeds**, behind More below the network, tells luck from effect.",
    ],
    folded: [
      [
        "Optimizer",
        [
          [
            "momentum",
            "SGD with momentum",
            "A part of each step goes into the next; **Momentum** says how much. Steps in one direction add up, steps to and fro cancel.",
            "With momentum",
            "Plain SGD",
          ],
          [
            "nesterov",
            "SGD, Nesterov",
            "As momentum, but the newest gradient counts once more at once, so that it turns sooner.",
            "With Nesterov's momentum",
            "Plain SGD",
          ],
          [
            "rmsprop",
            "RMSprop",
            "Each weight has a step size of its own: small where its gradients were large of late, large where they were small. **Alpha α** says how long they are remembered; **Epsilon ε** keeps the division away from 0.",
            "With RMSprop",
            "Plain SGD",
          ],
          [
            "adam",
            "Adam",
            "Momentum and step sizes of RMSprop's kind together. **Beta β₁** says how long the gradients are remembered, **Beta β₂** how long their squares. Often the first to try.",
            "With Adam",
            "Plain SGD",
          ],
          [
            "adamw",
            "AdamW",
            "Adam, and every step takes a little off each weight: the **Weight decay**. Where there are few points, that keeps the network from learning them by heart.",
            "With a weight decay of 1",
            "Adam without",
          ],
        ],
      ],
      [
        "Learning rate schedule",
        [
          [
            "step",
            "Step",
            "After every so many epochs (**Epochs of the schedule**) the learning rate is multiplied by the **Factor**: large steps to get near, small ones to settle.",
            "Halved every 100 epochs",
            "Constant",
          ],
          [
            "exponential",
            "Exponential",
            "The same, but a little in every epoch.",
            "Halved every 50 epochs, evenly",
            "Constant",
          ],
          [
            "cosine",
            "Cosine",
            "The rate falls to 0 along half a cosine: slowly, then quickly, then slowly.",
            "Down to 0 at epoch 500",
            "Constant",
          ],
          [
            "warmup",
            "Warm-up",
            "The rate rises evenly to its full value, so that a fresh network, which knows nothing yet, is not thrown far away.",
            "Rising for 100 epochs",
            "Constant",
          ],
        ],
      ],
      [
        "Loss",
        [
          [
            "crossEntropy",
            "Cross-entropy",
            "For classification: how improbable the network takes the right class to be. Where it is sure and wrong, Tanh is flat and the squared error hardly moves it; cross-entropy does. The two losses are different measures, so compare the accuracy.",
            "With cross-entropy",
            "Squared error",
          ],
        ],
      ],
      [
        "Activations, and one for each layer",
        [
          [
            "leakyRelu",
            "Leaky ReLU",
            "A ReLU whose sum is negative for every point gives 0 and learns nothing any more. This one lets a hundredth pass, and so can come back.",
            "With leaky ReLU",
            "ReLU",
          ],
          [
            "elu",
            "ELU",
            "As ReLU, but below 0 it bends gently towards −1, where it can come back from too.",
            "With ELU",
            "ReLU",
          ],
          [
            "softplus",
            "Softplus",
            "A ReLU with a rounded corner: its borders are round as well.",
            "With softplus",
            "ReLU",
          ],
          [
            "gelu",
            "GELU",
            "Nearly a ReLU, but smooth, with a small dip below 0. Many language models use it.",
            "With GELU",
            "ReLU",
          ],
          ["silu", "SiLU", "The sum times its sigmoid, much like GELU; also called Swish.", "With SiLU", "ReLU"],
          [
            "sin",
            "Sine",
            "Goes up and down for ever, and so suits what comes again and again, as the arms of the spiral.",
            "With sines",
            "ReLU",
          ],
          [
            "layerActivations",
            "Activation of each layer",
            "The first layer may have another one than the second.",
            "Sines, then Tanh",
            "Tanh twice",
          ],
        ],
      ],
      [
        "Initial weights",
        [
          [
            "xavier",
            "Xavier",
            "The more links a layer has, the smaller its weights: so the values neither die out nor explode from layer to layer.",
            "By Xavier's rule",
            "As the original",
          ],
          [
            "he",
            "He",
            "The same for ReLU, which lets only half of its inputs pass: somewhat larger weights. Here in ten layers.",
            "By He's rule",
            "As the original",
          ],
          [
            "zero",
            "Zero",
            "To see what goes wrong: all neurons of a layer are the same, get the same gradient and stay the same. That is why weights are drawn by chance.",
            "All zero",
            "As the original",
          ],
          [
            "large",
            "Too large",
            "Ten times the original's: Tanh is pushed to where it is flat, and hardly any gradient is left.",
            "Too large",
            "As the original",
          ],
        ],
      ],
      [
        "Against learning by heart",
        [
          [
            "dropout",
            "Dropout of each layer",
            "For each point some neurons are left out, by chance, so that none can rely on one other. The test is taken with all of them.",
            "With 20 % in both layers",
            "Without dropout",
          ],
          [
            "both",
            "L1 and L2",
            "Both pulls at once, each with a rate of its own: **L2 rate**, and for L1 the regularization rate.",
            "L1 and L2",
            "L1 alone",
          ],
        ],
      ],
      [
        "Batches and order",
        [
          [
            "fullBatch",
            "Full batch",
            "Every step looks at all training points: one step an epoch, with nothing left to chance. It bears a learning rate at which small batches fly apart; at a usual one it is slow.",
            "All points a step, learning rate 3",
            "Ten points a step, learning rate 3",
          ],
          [
            "shuffle",
            "New order every epoch",
            "In one fixed order the same points have the last word in every epoch, and training can come to rest where they pull it. In changing orders it shows how restless single steps are.",
            "A new order every epoch",
            "The original's fixed order",
          ],
        ],
      ],
      [
        "Pause by itself",
        [
          ["stopEpoch", "At epoch", "To compare runs after equally many epochs.", "Pauses at epoch 100", "Goes on"],
          [
            "stopLoss",
            "Below test loss",
            "To count how many epochs it takes to get there.",
            "Pauses below 0.05",
            "Goes on",
          ],
          [
            "stopPatience",
            "Epochs without gain",
            "Where a network learns by heart, the test loss rises again after its best. Early stopping, as this is called, ends before that goes far.",
            "Pauses after 50 without gain",
            "Goes on",
          ],
        ],
      ],
      [
        "Larger networks",
        [
          [
            "networkShape",
            "Up to 10 layers of 16 neurons",
            "The original has up to 6 layers of 8. From X₁ and X₂ alone the spiral needs many neurons.",
            "Two layers of 16",
            "Two layers of 8",
          ],
        ],
      ],
      [
        "Your own data",
        [
          [
            "drawn",
            "Draw points…",
            "A brush for each class, an eraser and a step back, while the network learns. Here somebody drew two clouds, and six points of the wrong colour among them: the network bends around those that it trains on and is wrong about the others.",
            "With six wrong points",
            "Without them",
          ],
          [
            "file",
            "From a file…",
            "Two columns of a table become X₁ and X₂, a third says the class or the value. These are the flats and houses of the sample file: which columns are chosen decides what can be learnt at all.",
            "Area and age",
            "Area alone",
          ],
        ],
      ],
    ],
  },
  {
    id: "further",
    title: "Further reading",
    paragraphs: [
      "Michael Nielsen's book [Neural Networks and Deep Learning](http://neuralnetworksanddeeplearning.com) explains all of this with little mathematics; Grant Sanderson's films [on neural networks](https://www.3blue1brown.com/topics/neural-networks) show it. [Dive into Deep Learning](https://d2l.ai) goes on with programs, and Google's [Machine Learning Crash Course](https://developers.google.com/machine-learning/crash-course) with exercises for the original of this page. Next door, the [LeNet-5 page](/lenet) trains a network that reads digits.",
    ],
  },
  {
    id: "credits",
    title: "Where this comes from",
    paragraphs: [
      "This page is modelled on the Neural Network Playground that Daniel Smilkov and Shan Carter made at Google and gave away under the Apache License 2.0, at [playground.tensorflow.org](https://playground.tensorflow.org). The idea and the look of the picture are theirs; the program behind this page is its own, and all the training happens on the server with PyTorch.",
      "Links fit in both directions: what stands behind the # of the original's address, put behind the # of this one, gives the same points, the same initial weights and the same arithmetic. The last digits are those of the original in Node.js 20; in a browser the original differs a little, from browser to browser too, as tanh, sin and their like are the browser's own. Most links still show the same figures everywhere; chaotic ones, with batches of one to three points, a learning rate of 1 or more, or a spiral, can part visibly after a while.",
    ],
  },
];
