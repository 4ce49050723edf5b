-- POST of a form: slug, version, file of names, then how: new TAG | known FILE | mistaken | flooding.
-- A new mailbox has an address that nobody gave before; each visitor comes from a network of their own.
dofile("form.lua")
count_statuses = true
dofile("report.lua")

local slug, version, names, how, tag, known
local count = 0

function init(args)
   slug, version, names, how, tag = args[1], args[2], read_lines(args[3]), args[4], args[5] or ""
   if how == "known" then known = read_lines(tag) end
   math.randomseed(number + 1)
end

function request()
   count = count + 1
   local place = count * 64 + number
   local name = names[place % #names + 1]
   local email, from = "signer" .. tag .. place .. "%40example.org", visitor(place)
   if how == "known" then email = known[math.random(#known)] end
   if how == "mistaken" then
      if count % 2 == 0 then name = "" else email = "nobody" end
   end
   if how == "flooding" then from = "192.0.2.1" end
   return post("/" .. slug .. "/sign/", signing(name, email, version), from)
end
