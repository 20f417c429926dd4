"""The compiled epoch: `original` has the original's, `general` that of all other settings; `maps` is for pictures.

`flat` is the MLP's memory, `sizes` its layer sizes, `codes` the activation of each computed layer (`codes`); `dead`,
`gradient` and an optimizer's running means are as long as `flat`. Arrays in, arrays out; the GIL is released. All of it
is held to `reference`, which does the same by autograd and torch.optim.
"""
