-- Sixteen requests in one write.
function init(arguments)
  message = string.rep(wrk.format("GET"), 16)
end

function request()
  return message
end
