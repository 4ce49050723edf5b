-- 90 % reads, 8 % signs, 2 % confirms: slug, version, file of names, file of tokens, tag, how many threads.
dofile("form.lua")
count_statuses = true

function classify(status, headers)
   local to = headers["Location"] or ""
   if status ~= 303 then return status end
   if string.find(to, "/check-your-inbox/", 1, true) then return "signed" end
   if string.find(to, "/thanks/", 1, true) then return "confirmed" end
   return status
end
dofile("report.lua")

local slug, version, names, tokens, tag, step
local count, reads, at = 0, {}, 0

function init(args)
   slug, version, names, tokens, tag, step = args[1], args[2], read_lines(args[3]), read_lines(args[4]), args[5], args[6]
   for _, path in ipairs({"/", "/", "/", "/count.json", "/count.json", "/signatories/", "/signatories/", "/signatories/music/",
                          "/signatories/film/"}) do
      table.insert(reads, wrk.format("GET", "/" .. slug .. path))
   end
   at, step = number, tonumber(step)
   math.randomseed(number + 1)
end

function request()
   count = count + 1
   local turn = count % 50
   local place = count * 64 + number
   if turn == 0 and at < #tokens then
      at = at + step
      return post("/confirm/" .. tokens[at - step + 1] .. "/", "generation=1", visitor(place))
   elseif turn % 12 == 1 and turn < 40 then
      return post("/" .. slug .. "/sign/",
         signing(names[place % #names + 1], "mixed" .. tag .. place .. "%40example.org", version), visitor(place))
   end
   return reads[math.random(#reads)]
end
