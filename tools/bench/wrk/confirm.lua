-- POST of the button behind a mailed link: a file of tokens, the first of them to use, how many threads.
dofile("form.lua")
count_statuses = true
dofile("report.lua")

local tokens
local at, step

function init(args)
   tokens = read_lines(args[1])
   at, step = tonumber(args[2]) + number, tonumber(args[3])
end

function request()
   at = at + step
   return post("/confirm/" .. tokens[at % #tokens + 1] .. "/", "generation=1", visitor(at))
end
