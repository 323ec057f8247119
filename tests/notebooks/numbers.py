"""The numbers that each lesson must print: those of its by-hand examples.

As a learner would write them down; 0.1333 stands for anything that rounds to
it. (The curriculum is where they come from.)
"""

# Lesson → its numbers, in one text.
NUMBERS = {
    "00_start_here": "",
    "01_gradient_descent": (
        "0.1 0.01 0.285 -18.5 -74 11.575 8.4092 "
        "0.138 0.24696 0.4425072 0.700904896 "
        "-3.8 -10.896 -19.55472 -25.8397696 "
        "0.175 -7.5 0.45125 -27.625 "
        "40 30 1.3333 15 0.1333 1000 1 10 20"
    ),
    "07_self_attention": (
        "2 0 4 1 0.4223 0.1554 0.2119 0.5761 "
        "0.8446 0.5777 0.7881 "
        "0.4044 0.5956 0.4192 0.5808 "
        "0.2614 0.2499 0.2389 0.5238 0.4738 0.4237 0.4783"
    ),
}
