"""Plans too large for one integer programme: prices that clear the market, a bound from them, then whole orders."""
