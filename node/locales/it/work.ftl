# The pages of the daily work in Italian.
